module.exports = { ...require('rawloop/compat/usocket') };
