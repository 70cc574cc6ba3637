// Before the first paint, so that a page in another theme than the system's does not flash. See src/state/theme.ts.
try {
  const { dataset } = document.documentElement;
  const theme = localStorage.getItem("prodflow:theme");
  if (theme === "light" || theme === "dark") dataset.theme = theme;
  if (theme === "contrast" || matchMedia("(prefers-contrast: more)").matches) dataset.contrast = "more";
} catch {
  // storage is forbidden: the system's theme it is
}
