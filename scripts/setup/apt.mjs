// Things taken from the Debian archive without installing them. The machine's own configuration says
// where the archive is; lists, cache and sources are private, so that nothing of the machine changes
// and no root is needed.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, output } from '../lib.mjs';

/** The machine's own Debian archive and release. */
function archive() {
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const targets = output('apt-get', ['indextargets', '--no-release-info', '--format',
    '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)']);
  const line = targets.split('\n').find((target) =>
    [release, 'stable'].some((suite) => target.startsWith(`Packages main ${suite} `)));
  if (!line) throw new Failure('No Debian archive is configured here: `apt-get indextargets` names none for this release.');
  return { release, address: line.split(' ')[3] };
}

/**
 * Gives `work` an `apt-get` that sees one source: `kind` is deb or deb-src, `release` a Debian release
 * (the machine's own when left out). Everything it writes goes to `folder`, which is removed at the end.
 */
export function withApt(folder, { kind, release }, work) {
  const own = archive();
  for (const part of ['lists/partial', 'cache/archives/partial', 'out']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'sources.list'),
    `${kind} [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${own.address} ${release ?? own.release} main\n`);
  const config = join(folder, 'apt.conf');
  writeFileSync(config, [
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    'Dir::Etc::sourceparts "-";',
    `Dir::State::lists "${folder}/lists";`,
    `Dir::Cache "${folder}/cache";`,
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";',
    'APT::Sandbox::User "root";',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '',
  ].join('\n'));
  const out = join(folder, 'out');
  const apt = (...args) => output('apt-get', ['-qq', '-c', config, ...args], { cwd: out });
  apt('update');
  work(apt, out);
  rmSync(folder, { recursive: true });
}
