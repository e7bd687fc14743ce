/** A series over DICOMweb: its metadata (PS3.18 F), put in order, and the addresses of its frames. */
import { make } from "../shared/dom";
import { dot, planeOf } from "./geometry";
import { type Metadata, numbers, text } from "./metadata";
import type { Say } from "./texts";

export interface Row {
  study: string; // Study Instance UID
  series: string; // Series Instance UID
  label: string;
  count: number;
  thumbnail?: string; // address of a small picture
  opening?: Opening | undefined; // in the series that is opened first
  other?: ("name" | "nobody" | "birth")[]; // of whom the images say they are, where that is not the child's
}

/** The image that is seen first. */
export interface Opening {
  instance: string; // SOP Instance UID
  frame: number; // from 1
  whose: string[];
}

export interface Frame {
  imageId: string;
  sop: string; // SOP Instance UID
  frame: number; // from 1
  metadata: Metadata;
}

/**
 * In reading order: along the normal when all slices share an orientation and no two a place
 * (PS3.3 C.7.6.2), else by Instance Number, which need not be unique, then by UID.
 */
function inOrder(instances: Metadata[]): Metadata[] {
  const byNumber = (a: Metadata, b: Metadata) =>
    (numbers(a, "00200013")[0] ?? 0) - (numbers(b, "00200013")[0] ?? 0) ||
    (text(a, "00080018") < text(b, "00080018") ? -1 : 1);
  const first = instances[0] && planeOf(instances[0], 1);
  if (!first) return instances.sort(byNumber);
  const places = new Map<Metadata, number>();
  const taken = new Set<string>();
  for (const instance of instances) {
    const plane = planeOf(instance, 1);
    if (!plane || dot(plane.normal, first.normal) < 0.999) return instances.sort(byNumber);
    const place = dot(plane.origin, first.normal);
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

export const addressOf = (root: string, { study, series }: Row): string =>
  new URL(`${root}/studies/${study}/series/${series}`, location.href).href;

export async function metadataOf(root: string, row: Row): Promise<Metadata[]> {
  const response = await fetch(`${addressOf(root, row)}/metadata`, {
    credentials: "same-origin",
    headers: { Accept: "application/dicom+json" },
  });
  if (!response.ok) throw new Error(`metadata: ${response.status}`);
  return (await response.json()) as Metadata[];
}

export async function framesOf(root: string, row: Row, early?: Promise<Metadata[]>): Promise<Frame[]> {
  const base = addressOf(root, row);
  const all = await (early ?? metadataOf(root, row));
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

/** The series that is opened first. */
export const firstOf = (rows: Row[]): Row | undefined => rows.find(({ opening }) => opening) ?? rows[0];

/** Marks, in words, that the images name somebody else than the child. */
export const others = (row: Row, say: Say): HTMLElement[] =>
  (row.other ?? []).map((what) => make("strong", "viewer-other", say(`other_${what}`)));
