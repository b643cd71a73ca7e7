package io.tideline.hbase.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

    @TempDir
    private Path parent;

    @Test
    void acquire_heldByThisProcess_namesDirectoryAndPid() throws IOException {
        try (DirectoryLock held = DirectoryLock.acquire(parent.resolve("data"))) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> DirectoryLock.acquire(parent.resolve("data")))
                    .isInstanceOf(EmbeddedHBaseException.class)
                    .hasMessageContaining(parent.resolve("data").toRealPath().toString())
                    .hasMessageContaining("pid " + ProcessHandle.current().pid());
        }
    }

    @Test
    void acquire_afterClose_succeeds() throws IOException {
        DirectoryLock.acquire(parent).close();

        DirectoryLock.acquire(parent).close();
    }
}
