import { parentPort } from 'node:worker_threads';
import { runTask, type VerifyTask } from './verify-task.js';

parentPort?.on('message', (task: VerifyTask) => {
  runTask(task).then(
    (value) => parentPort?.postMessage({ value }, []),
    // It is done once more in the thread that asked, which gets the error itself.
    () => parentPort?.postMessage({}, []),
  );
});
