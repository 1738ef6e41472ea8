declare module 'virtual:demo' {
  interface EmbeddedPicture {
    name: string;
    base64: string;
  }
  const demo: { model: string; calibration: EmbeddedPicture[]; test: EmbeddedPicture[]; labels: string };
  export default demo;
}
