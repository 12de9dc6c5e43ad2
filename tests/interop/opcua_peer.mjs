// node-opcua as a client of a virtual controller: browse, read, be told of changes, be refused a write. Prints JSON lines.
import { AttributeIds, ClientMonitoredItem, DataType, MessageSecurityMode, OPCUAClient, SecurityPolicy, TimestampsToReturn } from "node-opcua-client";

const [endpoint, namespace, equipment, wanted] = process.argv.slice(2);
console.log = console.warn = console.error; // node-opcua's remarks are not ours
const say = (kind, content) => process.stdout.write(JSON.stringify({ [kind]: content }) + "\n");

const client = OPCUAClient.create({
  endpointMustExist: false,
  securityMode: MessageSecurityMode.None,
  securityPolicy: SecurityPolicy.None,
  connectionStrategy: { maxRetry: 2 },
});
await client.connect(endpoint);
const session = await client.createSession();
const index = (await session.readNamespaceArray()).indexOf(namespace);
const id = (property) => `ns=${index};s=${equipment}.${property}`;

const browsed = await session.browse(`ns=${index};s=${equipment}`);
say("browsed", browsed.references.map((reference) => reference.browseName.name).sort());

const read = async (property) => {
  const value = await session.read({ nodeId: id(property), attributeId: AttributeIds.Value });
  return { status: value.statusCode.name, value: value.value.value, at: value.sourceTimestamp?.toISOString(), server: value.serverTimestamp?.toISOString() };
};
say("read", { State: await read("State"), StateName: await read("StateName"), LastChange: await read("LastChange"), Good: await read("Good") });

const refused = await session.write({
  nodeId: id("State"),
  attributeId: AttributeIds.Value,
  value: { value: { dataType: DataType.UInt32, value: 4 } },
});
say("refused", refused.name);

const subscription = await session.createSubscription2({ requestedPublishingInterval: 50, requestedLifetimeCount: 100, requestedMaxKeepAliveCount: 10, publishingEnabled: true });
const changes = ClientMonitoredItem.create(
  subscription,
  { nodeId: id("LastChange"), attributeId: AttributeIds.Value },
  { samplingInterval: 0, queueSize: 1000, discardOldest: false },
  TimestampsToReturn.Both,
);
let count = 0;
const all = new Promise((resolve) => {
  changes.on("changed", (value) => {
    say("changed", { ...JSON.parse(value.value.value), at: value.sourceTimestamp.toISOString() });
    if (++count === Number(wanted)) resolve();
  });
});
say("subscribed", true);
await all;
await subscription.terminate();
await session.close();
await client.disconnect();
