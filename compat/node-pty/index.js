module.exports = { ...require('rawloop/compat/node-pty') };
