// The browser's side: a terminal as large as the window, and a WebSocket to the shell.
/* global document, location, addEventListener, WebSocket, TextEncoder */
import { FitAddon } from '/fit.js';
import { Terminal } from '/xterm.js';

const terminal = new Terminal({ fontSize: 15, cursorBlink: true });
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(document.getElementById('terminal'));

const socket = new WebSocket(`ws://${location.host}/${location.hash.slice(1)}`);
socket.binaryType = 'arraybuffer';
const send = (data) => socket.readyState === WebSocket.OPEN && socket.send(data);
const encoder = new TextEncoder();

terminal.onData((keys) => send(encoder.encode(keys)));
// What is no text, such as the places of some mice.
terminal.onBinary((keys) => send(Uint8Array.from(keys, (key) => key.charCodeAt(0))));
terminal.onResize(({ cols, rows }) => send(`${cols}x${rows}`));
addEventListener('resize', () => fit.fit());

socket.onopen = () => {
  fit.fit();
  send(`${terminal.cols}x${terminal.rows}`);
  terminal.focus();
};
socket.onmessage = ({ data }) => terminal.write(new Uint8Array(data));
socket.onclose = () =>
  terminal.write('\r\n[the shell has ended, or the address is not the one printed]');
