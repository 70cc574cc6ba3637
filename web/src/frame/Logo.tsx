/** The mark: a task between its two answers. */
export function Logo() {
  return (
    <span class="pf-logo">
      <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
        <rect class="pf-logo-tile" width="26" height="26" rx="7" />
        <path class="pf-logo-sign" d="M7 13.6l4 4L19.2 9" />
      </svg>
      prodflow
    </span>
  );
}
