/** A series over DICOMweb: its metadata (PS3.18 F), put in order, and the addresses of its frames. */

export interface SeriesInfo {
  study: string; // Study Instance UID
  series: string; // Series Instance UID
  modality?: string;
  description?: string;
  number?: number | string;
  instances?: number;
  date?: string;
  thumbnail?: string; // address of a small picture
}

type Value = string | number | { Alphabetic?: string };
export type Metadata = Record<string, { vr?: string; Value?: Value[] }>;

export interface Frame {
  imageId: string;
  sop: string; // SOP Instance UID
  frame: number; // from 1
  metadata: Metadata;
}

export function numbers(metadata: Metadata, tag: string): number[] {
  return (metadata[tag]?.Value ?? []).map(Number).filter((value) => Number.isFinite(value));
}

export function text(metadata: Metadata, tag: string): string {
  const value = metadata[tag]?.Value?.[0];
  return value === undefined || typeof value === "object" ? "" : String(value);
}

const cross = (a: number[], b: number[]): number[] => [
  a[1]! * b[2]! - a[2]! * b[1]!,
  a[2]! * b[0]! - a[0]! * b[2]!,
  a[0]! * b[1]! - a[1]! * b[0]!,
];
const dot = (a: number[], b: number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

/**
 * In reading order: along the normal when all slices share an orientation and no two a place
 * (PS3.3 C.7.6.2), else by Instance Number, which need not be unique, then by UID.
 */
function inOrder(instances: Metadata[]): Metadata[] {
  const byNumber = (a: Metadata, b: Metadata) =>
    (numbers(a, "00200013")[0] ?? 0) - (numbers(b, "00200013")[0] ?? 0) ||
    (text(a, "00080018") < text(b, "00080018") ? -1 : 1);
  const first = numbers(instances[0] ?? {}, "00200037");
  if (first.length !== 6) return instances.sort(byNumber);
  const normal = cross(first.slice(0, 3), first.slice(3));
  const places = new Map<Metadata, number>();
  const taken = new Set<string>();
  for (const instance of instances) {
    const orientation = numbers(instance, "00200037");
    const position = numbers(instance, "00200032");
    const same = orientation.length === 6 && orientation.every((v, i) => Math.abs(v - first[i]!) < 1e-3);
    if (!same || position.length !== 3) return instances.sort(byNumber);
    const place = dot(position, normal);
    taken.add(place.toFixed(3));
    places.set(instance, place);
  }
  // Several time points or echoes at one place keep the order in which they were made.
  if (taken.size !== instances.length) return instances.sort(byNumber);
  const sorted = instances.sort((a, b) => places.get(a)! - places.get(b)!);
  const start = numbers(sorted[0]!, "00200013")[0];
  const end = numbers(sorted.at(-1)!, "00200013")[0];
  return start !== undefined && end !== undefined && start > end ? sorted.reverse() : sorted;
}

export async function framesOf(root: string, info: SeriesInfo): Promise<Frame[]> {
  const base = new URL(`${root}/studies/${info.study}/series/${info.series}`, location.href).href;
  const response = await fetch(`${base}/metadata`, {
    credentials: "same-origin",
    headers: { Accept: "application/dicom+json" },
  });
  if (!response.ok) throw new Error(`metadata: ${response.status}`);
  const all = (await response.json()) as Metadata[];
  const pictures = all.filter((metadata) => numbers(metadata, "00280010")[0]);
  return inOrder(pictures).flatMap((metadata) => {
    const sop = text(metadata, "00080018");
    const count = numbers(metadata, "00280008")[0] ?? 1;
    return Array.from({ length: count }, (_, index) => ({
      imageId: `wadors:${base}/instances/${sop}/frames/${index + 1}`,
      sop,
      frame: index + 1,
      metadata,
    }));
  });
}

/** The letters of the direction `vector` in the patient (PS3.3 C.7.6.1.1.1), at most two. */
export function letters(vector: ArrayLike<number>): string {
  const pairs: [number, string, string][] = [
    [vector[0]!, "L", "R"],
    [vector[1]!, "P", "A"],
    [vector[2]!, "H", "F"],
  ];
  return pairs
    .filter(([value]) => Math.abs(value) > 0.25)
    .sort(([a], [b]) => Math.abs(b) - Math.abs(a))
    .slice(0, 2)
    .map(([value, positive, negative]) => (value > 0 ? positive : negative))
    .join("");
}

export const opposite = (text: string): string =>
  text.replace(/[LRPAHF]/g, (letter) => "RLAPFH"["LRPAHF".indexOf(letter)]!);
