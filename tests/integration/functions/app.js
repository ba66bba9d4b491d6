// What a Node.js function can do to itself; event.do says which.
const net = require("net");

const actions = {
    fine: async () => ({ ok: true }),
    fail: async (event) => event.items.length,
    reject: () => new Promise((_, reject) => reject(new RangeError("page 91 of 90"))),
    logAndGoOn: async () => {
        console.error(new TypeError("ignoring a bad count"));
        return { ok: true };
    },
    callAClosedPort: () => new Promise((_, reject) => net.connect(9, "127.0.0.1").on("error", reject)),
    stall: () => {
        console.log("waiting for the answer of a slow service");
        return new Promise((resolve) => setTimeout(resolve, 60000));
    },
    leave: async () => process.exit(3),
    takeMemory: async () => {
        const held = [];
        for (;;) held.push(new Array(1 << 16).fill({}).map(() => ({ at: held.length })));
    },
};

exports.handler = (event) => actions[event.do](event);
