package io.tideline.hbase.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileLayoutTest {
    @TempDir
    java.nio.file.Path directory;

    @AfterEach
    void makeRoom() {
        FullDisk.room(Long.MAX_VALUE);
    }

    private FileLayout layout() {
        return new FileLayout(FullDisk.knownTo(new Configuration()), FullDisk.location(directory.toAbsolutePath()));
    }

    @Test
    void write_fullDisk_leavesTheOldContent() throws Exception {
        Path hint = new Path(layout().root(), "hint");
        layout().write(hint, "12");
        layout().write(hint, "13");

        FullDisk.room(1);

        assertThatThrownBy(() -> layout().write(hint, "14")).isInstanceOf(IOException.class);
        assertThat(directory.resolve("hint")).hasContent("13");
    }

    @Test
    void copy_fullDisk_leavesTheOldContent() throws Exception {
        Files.writeString(directory.resolve("new"), "x".repeat(1000));
        Files.writeString(directory.resolve("current"), "old");
        Path from = new Path(layout().root(), "new");
        Path to = new Path(layout().root(), "current");

        FullDisk.room(500);
        assertThatThrownBy(() -> layout().copy(from, to)).isInstanceOf(IOException.class);
        assertThat(directory.resolve("current")).hasContent("old");

        FullDisk.room(Long.MAX_VALUE);
        layout().copy(from, to);
        assertThat(directory.resolve("current")).hasContent("x".repeat(1000));
    }

    @Test
    void author_isInTheNamesOfNewFilesOnly() {
        String name = FileLayout.newFile(7, "0123456789abcdef-42-batch-3");

        assertThat(FileLayout.bucket(name)).isEqualTo(7);
        assertThat(FileLayout.author(name)).contains(new FileLayout.Author("0123456789abcdef", 42));
        assertThat(FileLayout.author("b07-batch-3-" + java.util.UUID.randomUUID() + ".parquet"))
                .isEmpty();
    }
}
