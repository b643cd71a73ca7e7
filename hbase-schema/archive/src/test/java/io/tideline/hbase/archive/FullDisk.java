package io.tideline.hbase.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/** The local disk under a scheme of its own, with room for so many bytes; what is deleted makes none. Public for Hadoop. */
public final class FullDisk extends RawLocalFileSystem {
    static final String SCHEME = "full";

    private static final URI ROOT = URI.create(SCHEME + ":///");
    private static final AtomicLong LEFT = new AtomicLong(Long.MAX_VALUE);

    /** A configuration that knows the scheme. */
    static Configuration knownTo(Configuration base) {
        Configuration configuration = new Configuration(base);
        configuration.setClass("fs." + SCHEME + ".impl", FullDisk.class, org.apache.hadoop.fs.FileSystem.class);
        return configuration;
    }

    static String location(java.nio.file.Path directory) {
        return SCHEME + "://" + directory;
    }

    static void room(long bytes) {
        LEFT.set(bytes);
    }

    @Override
    public URI getUri() {
        return ROOT;
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public void setPermission(Path path, FsPermission permission) {
        // Would start a process for each file.
    }

    @Override
    protected OutputStream createOutputStreamWithMode(Path file, boolean append, FsPermission permission)
            throws IOException {
        OutputStream real = super.createOutputStreamWithMode(file, append, null);
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                take(1);
                real.write(b);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                take(length);
                real.write(bytes, from, length);
            }

            private void take(int bytes) throws IOException {
                if (LEFT.addAndGet(-bytes) < 0) {
                    throw new IOException("No space left on device");
                }
            }

            @Override
            public void flush() throws IOException {
                real.flush();
            }

            @Override
            public void close() throws IOException {
                real.close();
            }
        };
    }
}
