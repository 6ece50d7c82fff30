// The WebSocket: one frame goes, one answer comes, then the next.

export class Line {
  #socket = null;
  #waiting = null;
  #model;

  constructor(model) {
    this.#model = model;
  }

  /** Opens the line; resolves when the model is loaded. */
  async open() {
    const address = new URL(`live?model=${encodeURIComponent(this.#model)}`, document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    address.hash = "";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    const ready = this.#answer();
    socket.onmessage = (event) => this.#settle("resolve", JSON.parse(event.data));
    socket.onclose = () => this.#settle("reject", new Error("closed"));
    const said = await ready;
    if (!said.ready) throw new Error(said.detail);
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** What is in a frame: a FrameResult, or a problem with `detail`. */
  read(frame) {
    return this.#ask(frame);
  }

  /** Goes on with another model. */
  use(model) {
    this.#model = model;
    return this.#ask(JSON.stringify({ model }));
  }

  close() {
    this.#socket?.close();
  }

  #ask(message) {
    if (!this.isOpen) return Promise.reject(new Error("closed"));
    const answer = this.#answer();
    this.#socket.send(message);
    return answer;
  }

  #answer() {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #settle(how, value) {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.[how](value);
  }
}
