/** Where a frame lies in the patient (PS3.3 C.7.6.2), and whether slices make a volume. */
import { type Metadata, numbers } from "./metadata";

type Vector = [number, number, number];
type Item = Record<string, { Value?: unknown[] }>;

export interface Plane {
  origin: Vector; // mm, the centre of the first pixel
  row: Vector; // unit vector along a row, in which the column number rises
  column: Vector; // unit vector along a column
  normal: Vector;
  between: [number, number]; // mm between rows, between columns
  place: number; // mm along the normal
}

export interface Refusal {
  key: "mpr_few" | "mpr_unknown" | "mpr_orientation" | "mpr_colour" | "mpr_size" | "mpr_twice"
    | "mpr_spacing" | "mpr_tilt";
  values: Record<string, string | number>;
}

const FEWEST = 5;
const SAME_DIRECTION = 1e-3; // of direction cosines
const SAME_STEP = 0.02; // of the usual distance between slices
const ROUNDING = 0.01; // mm: positions are written with few decimals
const TILT = 0.5; // degrees

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const dot = (a: number[], b: number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

function groups(metadata: Metadata, tag: string, index: number): Item[] {
  const item = (metadata[tag] as { Value?: unknown[] } | undefined)?.Value?.[index] as Item | undefined;
  return Object.values(item ?? {}).map(({ Value }) => (Value?.[0] ?? {}) as Item);
}

/**
 * The numbers of a tag for one frame (from 1): of the instance, or of the functional groups of a
 * multi-frame object (PS3.3 C.7.6.16), the frame's own before the shared.
 */
export function ofFrame(metadata: Metadata, frame: number, tag: string): number[] {
  for (const group of [...groups(metadata, "52009230", frame - 1), ...groups(metadata, "52009229", 0)]) {
    const found = numbers(group as Metadata, tag);
    if (found.length) return found;
  }
  return numbers(metadata, tag);
}

export function planeOf(metadata: Metadata, frame: number): Plane | undefined {
  const directions = ofFrame(metadata, frame, "00200037");
  const origin = ofFrame(metadata, frame, "00200032");
  if (directions.length !== 6 || origin.length !== 3) return undefined;
  const row = directions.slice(0, 3) as Vector;
  const column = directions.slice(3) as Vector;
  const normal = cross(row, column);
  if (Math.abs(Math.hypot(...normal) - 1) > 0.01) return undefined;
  const [down = 1, along = 1] = ofFrame(metadata, frame, "00280030");
  return {
    origin: origin as Vector, row, column, normal, between: [down, along], place: dot(origin, normal),
  };
}

const close = (a: number[], b: number[]): boolean =>
  a.every((value, index) => Math.abs(value - b[index]!) < SAME_DIRECTION);

/** Whether two planes are parallel, so that their places can be compared. */
export const parallel = (a: Plane, b: Plane): boolean => Math.abs(dot(a.normal, b.normal)) > 0.99;

/** Why frames in reading order make no volume that may be cut anew, or nothing when they do. */
export function refusal(frames: { metadata: Metadata; frame: number }[]): Refusal | undefined {
  const no = (key: Refusal["key"], values: Refusal["values"] = {}): Refusal => ({ key, values });
  if (frames.length < FEWEST) return no("mpr_few", { n: frames.length });
  if (frames.some(({ metadata }) => (numbers(metadata, "00280002")[0] ?? 1) > 1)) return no("mpr_colour");
  const planes: Plane[] = [];
  for (const { metadata, frame } of frames) {
    const plane = planeOf(metadata, frame);
    if (!plane) return no("mpr_unknown");
    planes.push(plane);
  }
  const first = planes[0]!;
  const size = (metadata: Metadata) => [...numbers(metadata, "00280010"), ...numbers(metadata, "00280011")].join();
  if (planes.some(({ row, column }) => !close(row, first.row) || !close(column, first.column))) {
    return no("mpr_orientation");
  }
  if (
    frames.some(({ metadata }) => size(metadata) !== size(frames[0]!.metadata)) ||
    planes.some(({ between }) => !close(between, first.between))
  ) {
    return no("mpr_size");
  }
  const sorted = [...planes].sort((a, b) => a.place - b.place);
  const steps = sorted.slice(1).map(({ place }, index) => place - sorted[index]!.place);
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1]!;
  const least = Math.min(...steps);
  const most = Math.max(...steps);
  if (least < ROUNDING) return no("mpr_twice");
  const allowed = Math.max(ROUNDING, SAME_STEP * usual);
  if (usual - least > allowed || most - usual > allowed) {
    return no("mpr_spacing", { min: least.toFixed(2), max: most.toFixed(2) });
  }
  // A tilted gantry moves each slice sideways in its own plane.
  const last = sorted.at(-1)!;
  const way = last.origin.map((value, index) => value - sorted[0]!.origin[index]!);
  const along = dot(way, first.normal);
  const sideways = Math.sqrt(Math.max(0, dot(way, way) - along * along));
  const tilt = (Math.atan2(sideways, Math.abs(along)) * 180) / Math.PI;
  return tilt > TILT ? no("mpr_tilt", { n: tilt.toFixed(1) }) : undefined;
}

const GAP = 1.5; // of the usual distance between slices, from which one is missing

/** How far an image lies from the one before it, in mm, by its index; of those further than usual. */
export function gaps(frames: { metadata: Metadata; frame: number }[]): Map<number, number> {
  const planes = frames.map(({ metadata, frame }) => planeOf(metadata, frame));
  const found = new Map<number, number>();
  if (planes.some((plane) => !plane || !parallel(plane, planes[0]!))) return found;
  const steps = planes.slice(1).map((plane, index) => Math.abs(plane!.place - planes[index]!.place));
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  if (steps.length < FEWEST || usual < ROUNDING) return found; // no stack, or times at one place
  steps.forEach((step, index) => step > GAP * usual && found.set(index + 1, step));
  return found;
}

/** Pixel coordinates (column, row) of a point, (0.5, 0.5) the centre of the first pixel (PS3.3 C.18.6). */
export function toPixels(plane: Plane, point: number[]): [number, number] {
  const away = point.map((value, index) => value - plane.origin[index]!);
  return [
    dot(away, plane.row) / plane.between[1] + 0.5,
    dot(away, plane.column) / plane.between[0] + 0.5,
  ];
}

export function toWorld(plane: Plane, [column, row]: [number, number]): Vector {
  return plane.origin.map(
    (value, index) =>
      value +
      plane.row[index]! * plane.between[1] * (column - 0.5) +
      plane.column[index]! * plane.between[0] * (row - 0.5),
  ) as Vector;
}

/** The plane that Cornerstone3D assumes where the file tells none. */
export function assumed(metadata: Metadata, frame: number): Plane {
  const [down = 1, along = 1] = ofFrame(metadata, frame, "00280030");
  const directions = ofFrame(metadata, frame, "00200037");
  const row = (directions.length === 6 ? directions.slice(0, 3) : [1, 0, 0]) as Vector;
  const column = (directions.length === 6 ? directions.slice(3) : [0, 1, 0]) as Vector;
  const origin = ofFrame(metadata, frame, "00200032");
  return {
    origin: (origin.length === 3 ? origin : [0, 0, 0]) as Vector,
    row, column, normal: cross(row, column), between: [down, along], place: 0,
  };
}
