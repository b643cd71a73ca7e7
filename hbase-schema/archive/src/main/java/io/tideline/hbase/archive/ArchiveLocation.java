package io.tideline.hbase.archive;

import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where an archive may lie. */
public final class ArchiveLocation {
    private ArchiveLocation() {}

    /**
     * Refuses places where HBase would take the archive's files for its own, or delete them.
     *
     * @throws IllegalArgumentException naming what is wrong with the location
     */
    public static void check(Configuration configuration, String location) {
        Path archive = new Path(location);
        if (!archive.isAbsolute() || archive.toUri().getScheme() == null) {
            throw wrong(location, "an absolute URI, as file:///srv/archive or hdfs://cluster/archive");
        }
        String[] sources = configuration.getPropertySources("hbase.rootdir");
        String root = configuration.get("hbase.rootdir");
        if (root == null || sources != null && Arrays.asList(sources).contains("hbase-default.xml")) {
            throw new IllegalArgumentException(
                    "hbase.rootdir: missing (expected: in hbase-site.xml, since archive jobs read HBase's files)");
        }
        String theirs = qualified(new Path(root), configuration);
        String ours = qualified(archive, configuration);
        if (ours.equals(theirs) || ours.startsWith(theirs + "/") || theirs.startsWith(ours + "/")) {
            throw wrong(location, "neither HBase's root directory nor in it nor around it");
        }
    }

    private static String qualified(Path path, Configuration configuration) {
        try {
            FileSystem files = path.getFileSystem(configuration);
            return files.makeQualified(path).toString();
        } catch (IOException | IllegalArgumentException e) {
            throw wrong(path.toString(), "a file system that can be reached: " + e.getMessage());
        }
    }

    private static IllegalArgumentException wrong(String location, String expected) {
        return new IllegalArgumentException("archive: " + location + " (expected: " + expected + ")");
    }
}
