// Publishes one message, waits for its acknowledgement, and disconnects.
import { connect, fail, task } from './connect.mjs';

const client = connect();
client.publish(task.topic, task.payload, task.publish, (error) => {
  if (error) {
    fail(error);
  }
  console.log('Published');
  client.end();
});
