package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Timelines whose names are close to each other stay apart. */
interface NamingContract {
    TimelineProbe probe();

    @Test
    default void names_prefixesDelimitersAndOddCharacters_stayApart() {
        String base = probe().fresh().name();
        AppId app = probe().freshApp();

        List<TimelineId> timelines = Stream.of(
                        "",
                        "/",
                        "//",
                        "/a",
                        "a/",
                        "a",
                        "ab",
                        "a/b",
                        "a:b",
                        "a|b",
                        "a#b",
                        "a%2Fb",
                        "a b",
                        " ",
                        "\\",
                        "\"",
                        "'",
                        "\u00a0",
                        "\u00ff",
                        "\u00ff\u00ff",
                        "\u00ffa",
                        "\u07ff",
                        "\u0800",
                        "\ufffd",
                        "\uffff",
                        "\ud83d\ude00",
                        "\ud83d\ude01",
                        "\udbff\udfff",
                        "\u00e9",
                        "e\u0301",
                        "A",
                        "0",
                        "00",
                        "\u4e2d")
                .map(suffix -> new TimelineId(app, TimelineFamily.CONVERSATION, base + suffix))
                .toList();

        assertApart(timelines);
    }

    @Test
    default void names_ofEveryFamily_stayApart() {
        TimelineId name = probe().fresh();

        assertApart(Stream.of(TimelineFamily.values())
                .map(family -> new TimelineId(name.app(), family, name.name()))
                .toList());
    }

    @Test
    default void names_thatMeetTheAppWhenGlued_stayApart() {
        String app = probe().freshApp().value();
        List<TimelineId> timelines = new ArrayList<>();
        for (TimelineFamily family : TimelineFamily.values()) {
            timelines.add(new TimelineId(new AppId(app), family, "ab"));
            timelines.add(new TimelineId(new AppId(app + "a"), family, "b"));
            timelines.add(new TimelineId(new AppId(app), family, "/ab"));
            timelines.add(new TimelineId(new AppId(app + "/"), family, "ab"));
        }

        assertApart(timelines);
    }

    @Test
    default void names_ofTheGreatestLength_stayApart() {
        String fresh = probe().freshApp().value();
        AppId app = new AppId(fresh + "x".repeat(AppId.MAX_BYTES - fresh.length()));
        String longest = "n".repeat(TimelineId.MAX_NAME_BYTES);

        assertApart(List.of(
                new TimelineId(app, TimelineFamily.INBOX, longest),
                new TimelineId(app, TimelineFamily.INBOX, longest.substring(1)),
                new TimelineId(app, TimelineFamily.INBOX, longest.substring(1) + "m"),
                new TimelineId(app, TimelineFamily.INBOX, "\ud83d\ude00".repeat(TimelineId.MAX_NAME_BYTES / 4))));
    }

    /** Two entries into each, then each holds its own two and nothing else, both ways. */
    private void assertApart(List<TimelineId> timelines) {
        for (int i = 0; i < timelines.size(); i++) {
            List<Receipt> receipts = probe().append(
                            timelines.get(i),
                            NewEntry.text("alice", "m1", "1 of " + i),
                            NewEntry.text("alice", "m2", "2 of " + i));
            assertThat(receipts).extracting(r -> r.seq().value()).containsExactly(1L, 2L);
        }
        assertThat(probe().heads(timelines.toArray(TimelineId[]::new))).hasSize(timelines.size());
        for (int i = 0; i < timelines.size(); i++) {
            TimelineId timeline = timelines.get(i);
            assertThat(texts(ReadQuery.forward(timeline, 1, 100))).containsExactly("1 of " + i, "2 of " + i);
            assertThat(texts(ReadQuery.latest(timeline, 100))).containsExactly("2 of " + i, "1 of " + i);
            assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(2));
            assertThat(probe().describe(timeline))
                    .hasValueSatisfying(found -> assertThat(found.timeline()).isEqualTo(timeline));
        }
    }

    private List<String> texts(ReadQuery query) {
        return probe().read(query).entries().stream()
                .map(Entry::payload)
                .map(payload -> payload.toUtf8())
                .toList();
    }
}
