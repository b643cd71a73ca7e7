package io.tideline.hbase.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.AclStatus;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local disk as Hadoop sees it, without a {@code chmod} process for each new file: that is what Hadoop does where
 * its native library is missing.
 */
public final class EmbeddedFileSystem extends RawLocalFileSystem {

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
        if (permission.getStickyBit()) {
            super.setPermission(path, permission);
            return;
        }
        String text = permission.getUserAction().SYMBOL
                + permission.getGroupAction().SYMBOL
                + permission.getOtherAction().SYMBOL;
        try {
            Files.setPosixFilePermissions(pathToFile(path).toPath(), PosixFilePermissions.fromString(text));
        } catch (UnsupportedOperationException e) {
            super.setPermission(path, permission);
        }
    }

    /** None: HBase looks for some before each snapshot, and logs a stack trace where it may not. */
    @Override
    public AclStatus getAclStatus(Path path) throws IOException {
        FileStatus status = getFileStatus(path);
        return new AclStatus.Builder()
                .owner(status.getOwner())
                .group(status.getGroup())
                .setPermission(status.getPermission())
                .build();
    }
}
