/** Headers as DICOM JSON (PS3.18 F), read without trust in their types. */

type Value = string | number | { Alphabetic?: string };
export type Metadata = Record<string, { vr?: string; Value?: Value[] }>;

export function numbers(metadata: Metadata, tag: string): number[] {
  return (metadata[tag]?.Value ?? []).map(Number).filter((value) => Number.isFinite(value));
}

export function text(metadata: Metadata, tag: string): string {
  const value = metadata[tag]?.Value?.[0];
  return value === undefined || typeof value === "object" ? "" : String(value);
}

/** A person's name as it is to be read (PS3.18 F.2.2), and plain texts. */
export function words(metadata: Metadata, tag: string): string {
  const value = metadata[tag]?.Value?.[0];
  if (value === undefined) return "";
  return typeof value === "object" ? (value.Alphabetic ?? "").replaceAll("^", " ").trim() : String(value);
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
