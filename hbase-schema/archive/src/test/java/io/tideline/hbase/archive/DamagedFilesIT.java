package io.tideline.hbase.archive;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.erase.Rewritten;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierReader;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is erased while some file of the archive cannot be read. */
final class DamagedFilesIT {
    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static Installation installation;

    @BeforeAll
    static void start() throws Exception {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
        installation = new Installation(
                hbase, "damaged", directory.resolve("archive").toUri().toString());
    }

    @AfterAll
    static void stop() throws Exception {
        installation.close();
        hbase.close();
    }

    private enum Damage {
        MISSING,
        CUT_OFF,
        FLIPPED;

        void happen(Path file) throws Exception {
            byte[] good = Files.readAllBytes(file);
            switch (this) {
                case MISSING -> Files.delete(file);
                case CUT_OFF -> Files.write(file, Arrays.copyOf(good, good.length / 2));
                case FLIPPED -> {
                    byte[] bad = good.clone();
                    Arrays.fill(bad, bad.length / 3, bad.length / 3 + 64, (byte) 7);
                    Files.write(file, bad);
                }
            }
        }
    }

    private static Path fileOf(TimelineId timeline) throws Exception {
        Set<String> files = new TreeSet<>();
        for (String file : installation.liveFiles()) {
            for (Slice slice : SliceScan.of(new EntryFiles(installation.layout(), 0), file)) {
                if (slice.timeline().equals(timeline)) {
                    files.add(file);
                }
            }
        }
        assertThat(files).hasSize(1);
        return directory.resolve("archive/data").resolve(files.iterator().next());
    }

    private static Rewritten rewritten() throws Exception {
        Optional<Rewritten> done = installation.archive().rewrite(soon()).get(1, TimeUnit.MINUTES);
        return done.orElseThrow();
    }

    /** Past all caches. */
    private static RangeSlice stored(TimelineId timeline) throws Exception {
        try (HBaseArchive other = installation.open(installation.ports())) {
            EntryRange all = EntryRange.of(timeline, 1, TierReader.MAX_RANGE);
            return await(other.asStored().read(all, Direction.FORWARD, Integer.MAX_VALUE, soon()));
        }
    }

    private static void assertUnreadable(TimelineId timeline, String file) throws Exception {
        try (HBaseArchive other = installation.open(installation.ports())) {
            EntryRange all = EntryRange.of(timeline, 1, TierReader.MAX_RANGE);
            assertThat(other.asStored().read(all, Direction.FORWARD, Integer.MAX_VALUE, soon()))
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOf(CorruptDataException.class)
                    .withMessageContaining(file);
        }
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void rewrite_besideAFileThatCannotBeRead_erasesInAllOthersAndNamesIt(Damage damage) throws Exception {
        TimelineId lost = installation.archived("lost-" + damage, 300);
        TimelineId whole = installation.archived("whole-" + damage, 300);
        List<Entry> before = installation.history().entries(lost, Direction.FORWARD);
        Path file = fileOf(lost);
        byte[] good = Files.readAllBytes(file);
        for (TimelineId timeline : List.of(lost, whole)) {
            await(installation.archive().erase(timeline, WarmHistory.seqs(150, 159), soon()));
        }
        damage.happen(file);

        Rewritten first = rewritten();

        assertThat(first)
                .isEqualTo(new Rewritten(1, Map.of(lost, file.getFileName().toString())));
        assertThat(stored(whole).entries()).hasSize(290);
        assertThat(stored(whole).gaps()).hasSize(10);
        assertUnreadable(lost, file.getFileName().toString());
        assertThat(rewritten().files()).as("what is left").isZero();
        assertThat(installation.present()).isEqualTo(withoutMissing(damage, file));

        Files.write(file, good);
        assertThat(stored(lost).entries()).as("nobody has touched it").isEqualTo(before);
        // Forward, the hot table may still answer, which nobody has erased from here.
        assertThat(installation.history().entries(lost, Direction.BACKWARD))
                .as("its marks are still there")
                .hasSize(290);
        assertThat(rewritten()).isEqualTo(new Rewritten(1, Map.of()));
        assertThat(stored(lost).entries()).hasSize(290);
        assertThat(installation.verify()).isEmpty();
    }

    /** Nothing is left over of what was begun with it. */
    private static Set<String> withoutMissing(Damage damage, Path file) throws Exception {
        Set<String> files = new TreeSet<>(installation.liveFiles());
        if (damage == Damage.MISSING) {
            files.remove(file.getFileName().toString());
        }
        return files;
    }

    @Test
    void replacedFileThatIsGone_itsStretchesAreForgottenByTheLocatorsWord() throws Exception {
        TimelineId timeline = installation.archived("replaced", 300);
        Path file = fileOf(timeline);
        String name = file.getFileName().toString();
        Locators locators = new Locators(installation.async(), installation.cold());

        for (Damage damage : List.of(Damage.FLIPPED, Damage.MISSING)) {
            byte[] good = Files.readAllBytes(file);
            List<Slice> known = locators.of(name);
            assertThat(known).hasSize(1);
            damage.happen(file);
            try (WriterSession session = installation.session()) {
                new Settlement(installation.ports(), locators, new EntryFiles(installation.layout(), 0))
                        .replaced(Set.of(), Set.of(name), session);
            }

            assertThat(locators.of(name)).isEmpty();
            Files.write(file, good);
            Futures.get(locators.put(known));
        }
    }
}
