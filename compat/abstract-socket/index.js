module.exports = { ...require('rawloop/compat/abstract-socket') };
