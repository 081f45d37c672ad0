// The job of bench/jobs.mjs: next to nothing, so that what is measured is the way to it and back.
export default ({ a, b }) => a + b;
