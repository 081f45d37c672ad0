// Arguments that are memory: any buffer, whole.

/** Memory that native code may read or fill. */
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;
