// Before the first paint, so that a page in another theme than the system's does not flash. See src/state/theme.ts.
try {
  const theme = localStorage.getItem("prodflow:theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // storage is forbidden: the system's theme it is
}
