import { Drawing } from "../frame/icons";

const PATHS = {
  rect: "M4.5 6h15v12h-15z",
  polygon: "M5 9.5L13 4l6.5 6.5L16 19.5H7z",
  freehand: "M4 17c3.5-7.5 6-11 8-9.6c2.6 1.9-4.6 8.3-2.4 9.9c2.3 1.6 5.2-5.9 7.4-4.7c1.7 1-.7 3.9.8 4.9c.7.4 1.5 0 2.2-.7",
  back: "M9.2 5.5L4.5 10l4.7 4.5M5 10h9a5.3 5.3 0 0 1 0 10.6h-3",
  forth: "M14.8 5.5L19.5 10l-4.7 4.5M19 10h-9a5.3 5.3 0 0 0 0 10.6h3",
  zoomIn: "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14M16.2 16.2L20.5 20.5M8 11h6M11 8v6",
  zoomOut: "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14M16.2 16.2L20.5 20.5M8 11h6",
  fit: "M4 9V4.5h4.5M15.5 4.5H20V9M20 15v4.5h-4.5M8.5 19.5H4V15",
  names: "M4 5h8.2l7.3 7.3a1.5 1.5 0 0 1 0 2.1l-5.1 5.1a1.5 1.5 0 0 1-2.1 0L4 12.2zM8.3 9.3v.1",
  list: "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5v.1M4.5 12v.1M4.5 17.5v.1",
  eye: "M2.8 12s3.3-6 9.2-6s9.2 6 9.2 6s-3.3 6-9.2 6s-9.2-6-9.2-6M12 9.4a2.6 2.6 0 1 0 0 5.2a2.6 2.6 0 1 0 0-5.2",
  eyeOff: "M4 4l16 16M9.6 6.4A9.5 9.5 0 0 1 12 6c5.9 0 9.2 6 9.2 6a16 16 0 0 1-2.7 3.4M14.2 17.7A9.3 9.3 0 0 1 12 18c-5.9 0-9.2-6-9.2-6a16 16 0 0 1 3.5-4",
  remove: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10.3 10.8v5M13.7 10.8v5",
  duplicate: "M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4",
  release: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  finish: "M5 12.5l4.6 4.6L19.2 7.4",
} as const;

export type ToolIconName = keyof typeof PATHS;

export function ToolIcon({ name, size = 20 }: { readonly name: ToolIconName; readonly size?: number }) {
  return <Drawing path={PATHS[name]} size={size} />;
}
