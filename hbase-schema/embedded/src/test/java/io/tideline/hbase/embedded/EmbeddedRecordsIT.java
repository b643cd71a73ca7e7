package io.tideline.hbase.embedded;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.feed.ChangeFeedContract;
import io.tideline.core.record.ReadMarkContract;
import io.tideline.core.record.RecordScanContract;
import io.tideline.core.record.RecordStoreContract;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.store.HBaseStorage;
import io.tideline.hbase.store.RegionChanges;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contracts of records, read marks and changes with HBase in the same process, and changes over a split. */
final class EmbeddedRecordsIT implements RecordStoreContract, RecordScanContract, ReadMarkContract, ChangeFeedContract {
    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static HBaseStorage storage;

    @BeforeAll
    static void start() {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory));
        storage = open(HBaseStorage.SchemaMode.CREATE);
    }

    @AfterAll
    static void stop() {
        storage.close();
        hbase.close();
    }

    private static HBaseStorage open(HBaseStorage.SchemaMode mode) {
        return HBaseStorage.open(hbase.clientConfiguration(), SchemaConfig.embedded(), mode, new MetricRegistry());
    }

    @Override
    public RecordStore records() {
        return storage.records();
    }

    @Override
    public ReadMarkStore readMarks() {
        return storage.readMarks();
    }

    @Override
    public ChangeFeed changes() {
        return storage.changes();
    }

    @Override
    public TimelineStore store() {
        return storage.store();
    }

    @Test
    void barrier_appendByAnotherClient_hasToldOfIt() {
        TimelineId timeline = TimelineId.conversation("feed", "of another client");
        try (HBaseStorage other = open(HBaseStorage.SchemaMode.CHECK);
                RecordingListener listener = new RecordingListener(other.changes())) {
            await(other.changes().barrier(soon()));
            append(timeline);
            await(other.changes().barrier(soon()));

            assertThat(listener.knows(timeline, 1)).isTrue();
        }
    }

    @Test
    void barrier_afterASplitAndAMerge_hasToldOrLostTrack() throws Exception {
        TimelineId timeline = TimelineId.conversation("feed", "split");
        append(timeline);
        try (RecordingListener listener = new RecordingListener(storage.changes());
                RegionChanges regions = new RegionChanges(hbase.clientConfiguration())) {
            await(storage.changes().barrier(soon()));
            int lost = listener.lostTracks();

            regions.splitAround(timeline);
            append(timeline);
            await(storage.changes().barrier(soon()));
            assertThat(listener.lostTracks()).isGreaterThan(lost);
            append(timeline);
            await(storage.changes().barrier(soon()));
            assertThat(listener.knows(timeline, 3)).as("the feed goes on").isTrue();

            lost = listener.lostTracks();
            regions.mergeAwayFrom(timeline);
            append(timeline);
            await(storage.changes().barrier(soon()));
            assertThat(listener.knows(timeline, 4) || listener.lostTracks() > lost)
                    .isTrue();
        }
    }

    private static void append(TimelineId timeline) {
        NewEntry entry = NewEntry.text("alice", UUID.randomUUID().toString(), "hello");
        TimelineProbe.receipts(await(storage.store().append(TimelineAppend.of(timeline, entry), soon())));
    }
}
