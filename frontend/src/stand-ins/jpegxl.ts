/** Stands in for the JPEG XL decoder: refuses, so that the viewer says so. */
export function initialize(): Promise<void> {
  return Promise.resolve();
}

export default async function decode(): Promise<never> {
  throw new Error("JPEG XL is not supported");
}
