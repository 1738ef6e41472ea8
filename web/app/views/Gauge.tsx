/** A share of 1 as a bar, for figures that stand beside it as text. */
export function Gauge({ share, rating }: { share: number; rating: 'good' | 'fair' | 'bad' }) {
  return (
    <span class="gauge" aria-hidden="true">
      <i class={rating} style={{ width: `${Math.min(Math.max(share, 0), 1) * 100}%` }} />
    </span>
  );
}
