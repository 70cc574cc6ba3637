/** The app's own icons: 24 x 24, drawn with the colour of the text around them. */

const PATHS = {
  accept: "M5 12.5l4.6 4.6L19.2 7.4",
  reject: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  ignore: "M12 3.8a8.2 8.2 0 1 0 0 16.4a8.2 8.2 0 1 0 0-16.4M6.3 17.7L17.7 6.3",
  undo: "M9.2 5.5L4.5 10l4.7 4.5M5 10h9a5.3 5.3 0 0 1 0 10.6h-3",
  flag: "M6 21V4.2M6 4.8h11.5l-2.6 4.1l2.6 4.1H6",
  help: "M9.2 9.2a2.9 2.9 0 1 1 4.3 2.6c-1 .5-1.5 1.1-1.5 2.2M12 17.6v.1M12 3.2a8.8 8.8 0 1 0 0 17.6a8.8 8.8 0 1 0 0-17.6",
  menu: "M4 7h16M4 12h16M4 17h10",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  light: "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2.8v2M12 19.2v2M2.8 12h2M19.2 12h2M5.5 5.5l1.4 1.4M17.1 17.1l1.4 1.4M5.5 18.5l1.4-1.4M17.1 6.9l1.4-1.4",
  dark: "M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7",
  auto: "M12 3.8a8.2 8.2 0 1 0 0 16.4a8.2 8.2 0 1 0 0-16.4M12 4v16M12 8h6.8M12 12h8M12 16h6.8",
  saved: "M7.2 18.5a4.4 4.4 0 0 1-.6-8.8a5.6 5.6 0 0 1 10.8 1.2a3.8 3.8 0 0 1-.4 7.6zM9.2 13.8l2.1 2.1l3.7-3.9",
  saving: "M7.2 18.5a4.4 4.4 0 0 1-.6-8.8a5.6 5.6 0 0 1 10.8 1.2a3.8 3.8 0 0 1-.4 7.6zM12 16v-4.6M9.9 13.2l2.1-2.1l2.1 2.1",
  offline: "M7.2 18.5a4.4 4.4 0 0 1-.6-8.8M9.4 6.4a5.6 5.6 0 0 1 8 4.5a3.8 3.8 0 0 1 2.2 6M4 4l16 16M15.5 18.5H7.2",
  alert: "M12 4L2.9 19.5h18.2zM12 10v4.4M12 17v.1",
  broken: "M4 5h16v8M4 5v14h9M4 16l4.2-4.6l3.6 3.8M15.5 9.2v.1M16.5 16.5l4 4M20.5 16.5l-4 4",
  done: "M12 3.2a8.8 8.8 0 1 0 0 17.6a8.8 8.8 0 1 0 0-17.6M8 12.4l2.8 2.8L16.2 9.6",
  audio: "M4.5 10v4M8.3 6.5v11M12 3.8v16.4M15.7 7.5v9M19.5 10.2v3.6",
  video: "M4 6.5h11.5v11H4zM15.5 10.5l4.5-2.5v8l-4.5-2.5",
  save: "M5 4.5h11l3 3v12H5zM8.5 4.8v4.7h6.5V4.8M8 19v-5.5h8V19",
  contrast: "M12 3.8a8.2 8.2 0 1 0 0 16.4a8.2 8.2 0 1 0 0-16.4M12 4v16M12 5.5h4.6M12 7.4h6.6M12 9.3h7.6M12 11.2h8M12 13.1h8M12 15h7.4M12 16.9h6.2M12 18.8h4",
  link: "M10 14a4 4 0 0 0 5.9.3l2.6-2.6a4 4 0 0 0-5.6-5.6M14 10a4 4 0 0 0-5.9-.3l-2.6 2.6a4 4 0 0 0 5.6 5.6M4 4l16 16",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return <Drawing path={PATHS[name]} size={size} />;
}

/** A path as an icon, for views that bring icons of their own. */
export function Drawing({ path, size }: { readonly path: string; readonly size: number }) {
  return (
    <svg
      class="pf-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2.1"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}
