/** Which shapes are under a point of the picture. */

import { areaOf, boundsOf, isInside, nearestSide } from "../geometry";
import type { Point, Shape } from "../shape";

/** The ids of the shapes at a point, small ones before large ones, so that none is out of reach.
 *
 * `reach` is how far from its line a shape can still be taken, in pixels of the picture.
 */
export function shapesAt(shapes: readonly Shape[], at: Point, reach: number): readonly string[] {
  return shapes
    .filter((shape) => isNear(shape, at, reach))
    .map((shape, place) => ({ id: shape.id, area: areaOf(shape.points), place }))
    .sort((one, other) => one.area - other.area || other.place - one.place)
    .map(({ id }) => id);
}

function isNear({ points }: Shape, at: Point, reach: number): boolean {
  const box = boundsOf(points);
  const [x, y] = at;
  if (x < box.left - reach || x > box.right + reach || y < box.top - reach || y > box.bottom + reach) return false;
  return isInside(points, at) || nearestSide(points, at).distance <= reach;
}
