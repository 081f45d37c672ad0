// dbus-daemon with a bus of its own, open to every user of the machine for the time of the run.
import { join } from 'node:path';
import { accepts, folderFor, ServerProcess, versionOf, writeFor } from './process.mjs';

export async function dbus(scratch) {
  const folder = folderFor(scratch, 'dbus');
  const path = join(folder, 'socket');
  const everything = ['user', 'own', 'send_destination'].map((what) => `<allow ${what}="*"/>`);
  const config = `<busconfig>
    <type>session</type>
    <listen>unix:path=${path}</listen>
    <limit name="max_replies_per_connection">50000</limit>
    <policy context="default">${everything.join('')}<allow eavesdrop="true"/></policy>
  </busconfig>`;
  const command = ['dbus-daemon', '--nofork', '--nosyslog', '--config-file'];
  const server = new ServerProcess(folder, [...command, writeFor(folder, 'bus.conf', config)], () =>
    accepts({ path }),
  );
  await server.start();
  return {
    where: { unix: { path } },
    version: `dbus-daemon ${versionOf('dbus-daemon', '--version', /([\d.]+)/)}`,
    start: () => server.start(),
    kill: () => server.stop(),
    stop: () => server.stop(),
  };
}
