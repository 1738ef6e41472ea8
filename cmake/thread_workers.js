// Linked into the module with threads: they run in workers that the caller has made (Module.workers), so
// that no bundler finds another script in the glue, and a host that refuses them is seen beforehand.
Object.assign(LibraryManager.library.$PThread, {
  allocateUnusedWorker() {
    PThread.unusedWorkers.push(Module['workers'].pop());
  },
});
