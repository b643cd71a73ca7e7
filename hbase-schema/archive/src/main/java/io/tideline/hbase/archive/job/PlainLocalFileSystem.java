package io.tideline.hbase.archive.job;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;

/**
 * The local file system without checksum files. The runner inside this process insists on a {@link LocalFileSystem}, and
 * that writes a {@code .crc} beside every file, in the archive too.
 */
final class PlainLocalFileSystem extends LocalFileSystem {
    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
        super.initialize(name, configuration);
        setVerifyChecksum(false);
        setWriteChecksum(false);
    }
}
