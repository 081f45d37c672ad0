// Memory that native code may read or fill, in place.

/** Memory that native code may read or fill. */
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;
