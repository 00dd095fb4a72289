// Clients of MQTT 5.0. Each line of input is a step of one of them; each line of output is what one has to tell.
import { createInterface } from 'node:readline';
import mqtt from 'mqtt';

const login = JSON.parse(process.argv[2]);
const clients = new Map();

function tell(id, what, value) {
  console.log(`${id} ${what} ${JSON.stringify(value)}`);
}

// names to lists of values, as mqtt.js has them: between different names the order of duplicates is lost
function userProperties(pairs) {
  const values = {};
  for (const [name, value] of pairs.map((pair) => pair.split('='))) {
    (values[name] ??= []).push(value);
  }
  return values;
}

function packetProperties({ expirySeconds, contentType, responseTopic, correlationData, user }) {
  const properties = {};
  if (expirySeconds) properties.messageExpiryInterval = expirySeconds;
  if (contentType) properties.contentType = contentType;
  if (responseTopic) properties.responseTopic = responseTopic;
  if (correlationData) properties.correlationData = Buffer.from(correlationData);
  if (user.length) properties.userProperties = userProperties(user);
  return properties;
}

function message(topic, payload, { qos, retain, properties = {} }) {
  return {
    topic,
    payload: payload.toString(),
    qos,
    retain,
    properties: {
      expirySeconds: properties.messageExpiryInterval ?? 0,
      contentType: properties.contentType,
      responseTopic: properties.responseTopic,
      correlationData: properties.correlationData?.toString(),
      user: Object.entries(properties.userProperties ?? {}).flatMap(([name, values]) =>
        [values].flat().map((value) => `${name}=${value}`)),
      subscriptions: [properties.subscriptionIdentifier ?? []].flat(),
      topicAlias: properties.topicAlias ?? 0,
    },
  };
}

function will({ message: { topic, payload, qos, retain, properties }, delaySeconds }) {
  return { topic, payload, qos, retain, properties: { ...packetProperties(properties), willDelayInterval: delaySeconds } };
}

const steps = {
  connect(id, how) {
    const client = mqtt.connect(`mqtt://127.0.0.1:${how.port}`, {
      protocolVersion: 5,
      reconnectPeriod: 0,
      username: login.user,
      password: login.password,
      clientId: how.clientId,
      clean: how.cleanStart,
      autoAssignTopicAlias: true,
      properties: { sessionExpiryInterval: how.sessionExpirySeconds, topicAliasMaximum: how.topicAliasMaximum },
      ...(how.will && { will: will(how.will) }),
    });
    clients.set(id, client);
    client.on('connect', (connack) => tell(id, 'answer', connack));
    client.on('message', (...received) => tell(id, 'message', message(...received)));
    client.on('disconnect', ({ reasonCode }) => tell(id, 'disconnect', reasonCode));
    client.on('error', (error) => tell(id, 'error', error.message));
  },

  subscribe(id, { filter, qos, identifier, noLocal, retainAsPublished, retainHandling }) {
    const properties = identifier ? { subscriptionIdentifier: identifier } : undefined;
    const options = { qos, nl: noLocal, rap: retainAsPublished, rh: retainHandling, properties };
    clients.get(id).subscribe(filter, options, (error, granted, suback) =>
      tell(id, 'answer', suback?.granted[0] ?? error.code));
  },

  publish(id, { topic, payload, qos, retain, properties }) {
    const options = { qos, retain, properties: packetProperties(properties) };
    clients.get(id).publish(topic, payload, options, (error) => tell(id, 'answer', error?.code ?? 0));
  },

  end(id, reasonCode) {
    clients.get(id).end(false, { reasonCode }, () => tell(id, 'answer', 0));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, argument } = JSON.parse(line);
  steps[command](id, argument);
}
