// Draws the report from the JSON beside it. Names come from models and files of anyone: they become text
// nodes, never markup.
'use strict';
(() => {
  const { title, version, report } = JSON.parse(document.getElementById('data').textContent);
  const fullBar = 60; // dB: beyond this nothing is seen of the error
  const shownNames = 12;

  const add = (element, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.flat(Infinity).filter((child) => child !== null));
    return element;
  };
  const h = (tag, attributes = {}, ...children) => add(document.createElement(tag), attributes, children);
  const s = (tag, attributes = {}, ...children) => add(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

  const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)} %`;
  const minus = (text) => text.replace('-', '−');
  const number = (x) => minus(String(Number(x.toPrecision(4))));
  const bytes = (n) => (n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(2)} MB`);
  const ms = (x) => `${x.toFixed(x < 10 ? 2 : 1)} ms`;
  const db = (x) => (x === null ? '–' : x >= 200 ? 'exact' : minus(`${x.toFixed(1)} dB`));
  const samples = (n) => `${n.toLocaleString('en')} ${n === 1 ? 'sample' : 'samples'}`;
  const rate = (x) => (x === null || x < 10 ? 'bad' : x < 20 ? 'fair' : 'good');
  const ratio = (before, after, more, less) => (before >= after ? `${(before / after).toFixed(2)} times ${more}` : `${(after / before).toFixed(2)} times ${less}`);

  function tiles({ float, quantized, agreement, images, output }) {
    const tile = (name, before, after, remark) => h('div', { class: 'tile' }, h('h2', {}, name),
      h('p', {}, before === null ? null : h('span', { class: 'before' }, `${before} → `), h('span', { class: 'after' }, after)), h('p', { class: 'soft' }, remark));
    const all = [];
    if (float.bytes > 0 && quantized.bytes > 0) all.push(tile('Size', bytes(float.bytes), bytes(quantized.bytes), ratio(float.bytes, quantized.bytes, 'smaller', 'larger')));
    if (float.top1 !== null) all.push(tile('Accuracy', percent(float.top1), percent(quantized.top1), `first answer right; ${percent(float.top5)} → ${percent(quantized.top5)} among five`));
    if (agreement !== null) all.push(tile('Same answer', null, percent(agreement), `of ${samples(images)}`));
    if (float.ms > 0 && quantized.ms > 0) all.push(tile('Time', ms(float.ms), ms(quantized.ms), `${ratio(float.ms, quantized.ms, 'faster', 'slower')}, on one thread`));
    all.push(tile('Output error', null, db(output.sqnr_db), `cosine ${output.cosine.toFixed(5)}${output.kl === null ? '' : `, KL ${number(output.kl)} nats`}`));
    return h('div', { class: 'tiles' }, all);
  }

  /** Counts on a logarithmic scale; what lies beyond the dashed ends is clipped. */
  function plot({ histogram: { from, width, counts }, chosen, observed }, what) {
    const w = 360, height = 120, base = 100;
    const low = Math.min(from, chosen.min), high = Math.max(from + width * counts.length, chosen.max);
    const x = (value) => (high > low ? ((value - low) / (high - low)) * (w - 24) : 0) + 12;
    const most = Math.log1p(Math.max(...counts));
    const bars = counts.flatMap((count, i) => {
      const tall = (Math.log1p(count) / most) * (base - 10);
      const left = x(from + i * width), right = x(from + (i + 1) * width);
      return count === 0 ? [] : [s('rect', { class: 'count', x: left, y: base - tall, width: Math.max(right - left - 0.4, 0.6), height: tall })];
    });
    const beyond = [[12, x(chosen.min)], [x(chosen.max), w - 12]].filter(([a, b]) => b - a > 0.5);
    const label = (value, anchor) => s('text', { x: Math.min(Math.max(x(value), 14), w - 14), y: height - 5, 'text-anchor': anchor }, number(value));
    return s('svg', { viewBox: `0 0 ${w} ${height}`, role: 'img', 'aria-label': `${what}: from ${number(observed.min)} to ${number(observed.max)}, chosen ${number(chosen.min)} to ${number(chosen.max)}` },
      beyond.map(([a, b]) => s('rect', { class: 'out', x: a, y: 6, width: b - a, height: base - 6 })), bars,
      s('line', { class: 'axis', x1: 12, x2: w - 12, y1: base, y2: base }),
      [chosen.min, chosen.max].map((end) => s('line', { class: 'end', x1: x(end), x2: x(end), y1: 6, y2: base })),
      label(low, 'start'), label(high, 'end'), low < 0 && high > 0 && x(0) > 60 && x(0) < w - 60 ? label(0, 'middle') : null);
  }

  const range = ({ min, max }) => `${number(min)} to ${number(max)}`;

  function scales({ scale, zero_point }) {
    if (scale.length === 1) return `${number(scale[0])}, zero point ${zero_point[0]}`;
    const low = scale.reduce((a, b) => Math.min(a, b)), high = scale.reduce((a, b) => Math.max(a, b));
    return `${number(low)} to ${number(high)}, one for each of ${scale.length} channels`;
  }

  function tensor(name, of) {
    if (of === null) return null;
    const facts = [['Type', of.dtype], ['Scale', scales(of)], ['Chosen range', range(of.chosen)], ['Observed', range(of.observed)], ['Clipped', percent(of.clipped, 3)]];
    if (of.channel_spread !== undefined) facts.push(['Channels differ', of.channel_spread > 1e4 ? 'more than 10000:1' : `${number(of.channel_spread)}:1`]);
    return h('figure', {}, h('figcaption', {}, h('h3', {}, name)), plot(of, name),
      h('dl', { class: 'facts' }, facts.map(([term, text]) => [h('dt', {}, term), h('dd', {}, text)])));
  }

  function layer(of) {
    const bar = (value) => h('i', { class: rate(value), style: `width: ${Math.min(Math.max((value ?? 0) / fullBar, 0), 1) * 100}%` });
    const row = h('details', { class: 'layer' },
      h('summary', {}, h('span', { class: 'name' }, of.name), h('span', { class: 'op' }, of.op),
        h('span', { class: 'bars', 'aria-hidden': 'true' }, bar(of.sqnr_db), bar(of.accumulated_sqnr_db)),
        h('span', { class: 'db' }, h('span', { class: rate(of.sqnr_db) }, db(of.sqnr_db)), h('span', { class: 'soft' }, ` / ${db(of.accumulated_sqnr_db)}`))));
    row.addEventListener('toggle', () => { // drawn when it is first looked at
      if (!row.open || row.childElementCount > 1) return;
      row.append(h('div', { class: 'inside' }, advice(of.advice.map(({ text }) => [null, text])),
        h('div', { class: 'plots' }, tensor('Values of its output', of.activations), tensor('Weights', of.weights)),
        of.activations || of.weights ? null : h('p', { class: 'soft' }, 'Its output and weights stay float.'),
        h('p', { class: 'soft' }, `Cosine of its output with everything before it quantized: ${of.cosine === null ? '–' : of.cosine.toFixed(5)}`)));
    });
    return row;
  }

  const advice = (lines) => lines.length === 0 ? null
    : h('ul', { class: 'try' }, lines.map(([name, text, others = []]) => h('li', {}, name === null ? null : h('b', {}, `${name}: `), text, others.length === 0 ? null
      : h('p', { class: 'soft' }, `The same of ${others.slice(0, shownNames).join(', ')}${others.length > shownNames ? ` and ${others.length - shownNames} more` : ''}`))));

  const value = (x) => x ?? -Infinity;
  const orders = {
    own: ['worst by itself first', (a, b) => value(a.sqnr_db) - value(b.sqnr_db)],
    all: ['worst with all before it first', (a, b) => value(a.accumulated_sqnr_db) - value(b.accumulated_sqnr_db)],
    run: ['in running order', () => 0],
  };
  const worstFirst = (layers) => [...layers].sort(orders.own[1]);

  function layers(all) {
    if (all.length === 0) return null;
    const list = h('div', { class: 'layers' });
    const choose = h('select', { 'aria-label': 'Order of the layers' }, Object.entries(orders).map(([key, [text]]) => h('option', { value: key }, text)));
    const show = () => list.replaceChildren(...[...all].sort(orders[choose.value][1]).map(layer));
    choose.addEventListener('change', show);
    show();
    return h('section', {}, h('h2', {}, 'Layers'),
      h('p', { class: 'soft' }, 'Signal to noise of each layer’s output against the float model: longer is better. Open one to see its values, its weights and the ends that were chosen for them.'),
      h('div', { class: 'bar-head' }, h('div', { class: 'keys' }, h('span', {}, h('i'), 'by itself'), h('span', {}, h('i', { class: 'all' }), 'with all before it quantized')), choose), list);
  }

  function whatToTry(all) {
    // What a layer inherits is told where it is opened: here are causes.
    const causes = worstFirst(all).filter(({ advice: [first] }) => first && first.code !== 'inherited');
    const lines = [...new Set(causes.map(({ advice: [{ code }] }) => code))].map((code) => {
      const [first, ...others] = causes.filter(({ advice: [known] }) => known.code === code);
      return [first.name, first.advice[0].text, others.map(({ name }) => name)];
    });
    return lines.length === 0 ? null : h('section', {}, h('h2', {}, 'What to try'), advice(lines));
  }

  function flips(all, images) {
    if (all.length === 0) return null;
    const labelled = all.some(({ label }) => label !== null);
    const guess = ({ class: index, confidence }, label) => h('td', { class: label === null ? '' : label === index ? 'good' : 'bad' },
      `${index}${label === null ? '' : label === index ? ' ✓' : ' ✗'} `, h('span', { class: 'soft' }, confidence === null ? '' : percent(confidence)));
    const heads = ['Sample', ...(labelled ? ['Label'] : []), 'Float', 'Quantized'];
    return h('section', {}, h('h2', {}, `Answers that changed: ${all.length} of ${images}`),
      h('p', { class: 'soft' }, 'Class, and the probability that the model gives it.'),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Answers that changed' }, h('table', {}, h('thead', {}, h('tr', {}, heads.map((text) => h('th', { scope: 'col' }, text)))),
        h('tbody', {}, all.map(({ name, label, float, quantized }) => h('tr', {}, h('td', {}, name), labelled ? h('td', {}, label === null ? '–' : String(label)) : null, guess(float, label), guess(quantized, label)))))));
  }

  // Sensitivity: bars are shares of the loss of all layers, the longest of them full; numbers what the outputs are then.
  const nats = (kl) => `KL ${kl !== 0 && kl < 1e-4 ? kl.toExponential(1) : Number(kl.toPrecision(3))}`;
  const verdict = ({ sqnr_db, kl }) => [db(sqnr_db ?? Infinity), kl === null ? null : h('span', { class: 'soft' }, nats(kl))];

  function sensitiveLayer(of, work, most) {
    const bar = (share) => h('i', { style: `width: ${Math.max((share ?? 0) / most, 0) * 100}%` });
    const cell = (...children) => h('td', {}, h('div', { class: 'lines' }, children));
    return h('tr', {}, h('th', { scope: 'row' }, of.name, h('span', { class: 'soft' }, ` ${of.op}`)),
      cell(minus(percent(of.loss_saved ?? 0)), h('span', { class: 'bars', 'aria-hidden': 'true' }, bar(of.loss_saved), bar(of.loss_made))),
      cell(verdict(of.left_in_float)), cell(of.alone === null ? '–' : verdict(of.alone)),
      cell(work === 0 ? '–' : percent(of.macs / work), h('span', { class: 'soft' }, bytes(of.weight_bytes))),
      cell(`${of.float_ms.toFixed(3)} ms`, h('span', { class: 'soft' }, `${of.int8_ms.toFixed(3)} ms`)));
  }

  function sensitivityOf({ images, quantized, layers: all, advice: { text } }) {
    const work = all.reduce((sum, { macs }) => sum + macs, 0);
    const most = Math.max(...all.flatMap(({ loss_saved, loss_made }) => [loss_saved ?? 0, loss_made ?? 0]), 0.01);
    const worst = [...all].sort((a, b) => (b.loss_saved ?? 0) - (a.loss_saved ?? 0));
    const heads = ['Layer', 'Share of the loss', 'Alone in float', 'Alone in int8', 'Work, weights', 'Float, int8'];
    return h('section', {}, h('h2', {}, 'Which layers lose most'),
      h('p', { class: 'soft' }, `On ${samples(images)}, with the first ranges and no corrections: all layers in int8 leave the outputs at ${db(quantized.sqnr_db ?? Infinity)}${quantized.kl === null ? '' : `, ${nats(quantized.kl)} nats`}. `,
        'Then each layer alone is left in float, the rest in int8, and the other way round.'),
      advice([[null, text]]),
      h('div', { class: 'keys loss' }, h('span', {}, h('i'), 'goes away when it alone is left in float'), h('span', {}, h('i', { class: 'all' }), 'comes when it alone is int8')),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Which layers lose most' }, h('table', { class: 'sensitivity' }, h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
        h('tbody', {}, worst.map((of) => sensitiveLayer(of, work, most))))));
  }

  function sensitivityTiles({ quantized: { sqnr_db, kl, agreement }, images, int8_share }) {
    const tile = (name, after, remark) => h('div', { class: 'tile' }, h('h2', {}, name), h('p', {}, h('span', { class: 'after' }, after)), h('p', { class: 'soft' }, remark));
    return h('div', { class: 'tiles' }, tile('Output error', db(sqnr_db ?? Infinity), kl === null ? 'signal to noise' : `signal to noise; ${nats(kl)} nats`),
      agreement === null ? null : tile('Same answer', percent(agreement), `of ${samples(images)}`), tile('In int8', percent(int8_share), 'of the multiply-adds'));
  }

  function warnings(all) {
    return all.length === 0 ? null : h('section', {}, advice(all.map((text) => ['Warning', text])));
  }

  function skipped(all) {
    if (all.length === 0) return null;
    return h('section', {}, h('details', {}, h('summary', {}, `${samples(all.length)} skipped`), h('ul', {}, all.map(({ name, reason }) => h('li', {}, `${name}: ${reason}`)))));
  }

  const { sensitivity = null } = report;
  const parts = [];
  if (report.float !== undefined) parts.push(warnings(report.warnings), whatToTry(report.layers), layers(report.layers));
  if (sensitivity !== null) parts.push(sensitivityOf(sensitivity));
  if (report.float !== undefined) parts.push(flips(report.flips, report.images), skipped(report.skipped));
  const [lead, figures] = report.float !== undefined
    ? [`A float model and its quantized form, side by side on ${samples(report.images)}.`, tiles(report)]
    : [`What each layer loses as int8, and what leaving it in float gains, on ${samples(sensitivity.images)}.`, sensitivityTiles(sensitivity)];

  document.title = `${title}: Octavo report`;
  document.getElementById('report').append(
    h('header', {}, h('p', { class: 'brand' }, 'Octavo report'), h('h1', {}, title), h('p', { class: 'lead soft' }, lead), figures),
    h('main', {}, ...parts.filter((part) => part !== null)),
    h('footer', {}, h('p', {}, `Octavo ${version}. This file is whole: it asks nothing of any network, and holds the report as JSON.`)));
})();
