package io.tideline.tools.process;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk, on which the process ends at a given call as if it were killed: nothing is closed, flushed or given back.
 * For processes of tests: which call it is stands in the configuration that they are started with.
 */
public final class HaltingFileSystem extends RawLocalFileSystem {
    static final String SCHEME = "halting";

    /** As a process that was killed with SIGKILL ends. */
    static final int EXIT_CODE = 137;

    private static final String CALL = "tideline.test.halt.call";
    private static final String PATH = "tideline.test.halt.path";
    private static final URI ROOT = URI.create(SCHEME + ":///");

    /** Lets a configuration know the scheme. */
    static void register(Configuration configuration) {
        configuration.set("fs." + SCHEME + ".impl", HaltingFileSystem.class.getName());
    }

    /**
     * The process ends at a call.
     *
     * @param call {@code create}, {@code open} or {@code delete}
     * @param path part of the file's path
     */
    static void haltAt(Configuration configuration, String call, String path) {
        configuration.set(CALL, call);
        configuration.set(PATH, path);
    }

    @Override
    public URI getUri() {
        return ROOT;
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    private void at(String call, Path path) {
        if (call.equals(getConf().get(CALL))
                && path.toString().contains(getConf().get(PATH, ""))) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        at("create", path);
        return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        at("open", path);
        return super.open(path, bufferSize);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        at("delete", path);
        return super.delete(path, recursive);
    }
}
