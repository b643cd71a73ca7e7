package io.tideline.hbase.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One process, and one instance in it, on a directory. The file {@code LOCK} holds the owner's process id as text; what
 * counts is the operating system's lock on it, which ends with the process however that dies.
 */
final class DirectoryLock implements AutoCloseable {

    private static final String FILE_NAME = "LOCK";

    /**
     * Directories locked by this process. Looked at before the file is opened, because POSIX drops all of a process's
     * locks on a file as soon as it closes any descriptor of that file.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Locks the directory, which is created when missing.
     *
     * @throws EmbeddedHBaseException when somebody else holds it; the message names the directory and the process
     */
    static DirectoryLock acquire(Path directory) throws IOException {
        Path real = Files.createDirectories(directory).toRealPath();
        if (!HELD_HERE.add(real)) {
            throw inUse(real, "this process, pid " + ProcessHandle.current().pid());
        }
        try {
            return new DirectoryLock(real, lockFile(real));
        } catch (IOException | RuntimeException e) {
            HELD_HERE.remove(real);
            throw e;
        }
    }

    private static FileChannel lockFile(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            // A byte far behind the text is locked, so that the text stays readable where locks are mandatory.
            FileLock lock = channel.tryLock(Long.MAX_VALUE - 1, 1, false);
            if (lock == null) {
                String pid = Files.readString(file).strip();
                throw inUse(directory, pid.isEmpty() ? "another process" : "another process, pid " + pid);
            }
            channel.truncate(0);
            String pid = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static EmbeddedHBaseException inUse(Path directory, String holder) {
        return new EmbeddedHBaseException("directory in use: " + directory + " (locked by " + holder + ")");
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(directory);
        }
    }
}
