module.exports = { ...require('rawloop/compat/epoll') };
