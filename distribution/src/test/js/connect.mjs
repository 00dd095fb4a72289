// What the scripts share: the task from the command line, a connection, and an end at the first error.
import mqtt from 'mqtt';

export const task = JSON.parse(process.argv[2]);

export function connect() {
  const client = mqtt.connect(task.url, { reconnectPeriod: 0, ...task.options });
  client.on('error', fail);
  client.on('close', () => client.disconnecting || fail(new Error('the broker closed the connection')));
  return client;
}

export function fail(error) {
  console.log(`Failed: ${error.message}`);
  process.exit(1);
}
