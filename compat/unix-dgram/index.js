module.exports = { ...require('rawloop/compat/unix-dgram') };
