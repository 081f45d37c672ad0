// Streams over descriptors of others: what the public loop takes from this family.
export { DescriptorStream, stream } from './stream.js';
