// jsmodbus as a client of a virtual controller: read the present values and the ring, send requests at once, be refused a write. Prints JSON.
import net from "node:net";
import modbus from "jsmodbus";

const [host, port, unit] = process.argv.slice(2);
const socket = new net.Socket();
const client = new modbus.client.TCP(socket, Number(unit), 5000);
await new Promise((resolve, reject) => {
  socket.once("error", reject);
  socket.connect({ host, port: Number(port) }, resolve);
});
const registers = async (address, count) => (await client.readHoldingRegisters(address, count)).response.body.valuesAsArray;
const refusal = async (request) => {
  try {
    await request;
    return "taken";
  } catch (error) {
    return error.response?.body?.code ?? String(error.err ?? error);
  }
};

const present = await registers(0, 100);
const index = await registers(1000, 10);
const ring = await Promise.all(Array.from({ length: index[1] }, (_, slot) => registers(1100 + slot * 120, 120)));
const refused = [await refusal(client.writeSingleRegister(1, 4)), await refusal(client.writeMultipleRegisters(1, [4, 4]))];
process.stdout.write(JSON.stringify({ present: [...present], index: [...index], ring: ring.map((record) => [...record]), refused }) + "\n");
socket.end();
