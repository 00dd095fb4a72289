// Subscribes, and writes a line for each message, until SIGTERM.
import { connect, fail, task } from './connect.mjs';

const client = connect();
client.on('message', (topic, payload, packet) => {
  for (const [name, value] of Object.entries(packet.properties?.userProperties ?? {})) {
    console.log(`property ${name}=${value}`);
  }
  console.log(`message ${packet.qos} ${packet.retain ? 1 : 0} ${topic} ${payload}`);
});
client.on('connect', () => {
  client.subscribe(task.filter, { qos: task.qos }, (error) => (error ? fail(error) : console.log('Subscribed')));
});
process.on('SIGTERM', () => client.end());
