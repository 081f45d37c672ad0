module.exports = { ...require('rawloop/compat/fs-ext') };
