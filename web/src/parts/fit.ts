/** How big a picture is shown. */
export interface Fit {
  readonly width: number;
  readonly height: number;
  /** Show its pixels as squares: it is enlarged a lot. */
  readonly crisp: boolean;
}

/** Smaller pictures are enlarged until their longer side is about this long. */
const COMFORTABLE_PX = 560;
const CRISP_ABOVE = 2;

/** Fit a picture into a room: large ones whole, small ones enlarged, by a whole factor when that makes pixels visible. */
export function fit(natural: { width: number; height: number }, room: { width: number; height: number }): Fit {
  // An SVG without a size of its own says 0: give it the room.
  const width = natural.width || room.width;
  const height = natural.height || room.height;
  const toRoom = Math.min(room.width / width, room.height / height);
  const toComfort = Math.max(1, COMFORTABLE_PX / Math.max(width, height));
  let scale = Math.min(toRoom, toComfort);
  const crisp = scale > CRISP_ABOVE;
  if (crisp) scale = Math.floor(scale);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)), crisp };
}
