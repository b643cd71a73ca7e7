package io.tideline.hbase.archive;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;

/** Which small files are to become one: of one bucket, at most so many at once, the smallest first. */
final class Compaction {
    private final long fileBytes;

    Compaction(long fileBytes) {
        this.fileBytes = fileBytes;
    }

    List<List<DataFile>> groups(Collection<DataFile> live) {
        Map<Integer, List<DataFile>> small = new TreeMap<>();
        for (DataFile file : live) {
            if (file.fileSizeInBytes() < fileBytes / 2) {
                small.computeIfAbsent(FileLayout.bucket(ArchiveTable.name(file)), bucket -> new ArrayList<>())
                        .add(file);
            }
        }
        List<List<DataFile>> groups = new ArrayList<>();
        for (List<DataFile> files : small.values()) {
            files.sort(Comparator.comparingLong(DataFile::fileSizeInBytes));
            List<DataFile> group = new ArrayList<>();
            for (DataFile file : files) {
                group.add(file);
                if (group.size() == Rewriter.MAX_INPUTS) {
                    groups.add(group);
                    group = new ArrayList<>();
                }
            }
            if (group.size() > 1) {
                groups.add(group);
            }
        }
        return groups;
    }
}
