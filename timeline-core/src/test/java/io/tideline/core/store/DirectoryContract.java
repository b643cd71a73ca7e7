package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which timelines there are: created, appended to, described and listed. */
interface DirectoryContract {
    TimelineProbe probe();

    @Test
    default void create_newTimeline_setsAttributesAsVersionOne() {
        TimelineId timeline = probe().fresh();

        CreateOutcome outcome = create(timeline, new Attributes(Map.of("title", "Team", "empty", ""), 7));

        assertThat(outcome)
                .isEqualTo(new CreateOutcome.Created(new TimelineDescription(
                        timeline, Head.EMPTY, new Attributes(Map.of("title", "Team", "empty", ""), 1))));
        assertThat(probe().describe(timeline)).contains(((CreateOutcome.Created) outcome).description());
    }

    @Test
    default void create_twice_changesNothing() {
        TimelineId timeline = probe().fresh();
        create(timeline, new Attributes(Map.of("title", "first"), 0));

        CreateOutcome outcome = create(timeline, new Attributes(Map.of("title", "second"), 0));

        TimelineDescription first =
                new TimelineDescription(timeline, Head.EMPTY, new Attributes(Map.of("title", "first"), 1));
        assertThat(outcome).isEqualTo(new CreateOutcome.AlreadyExists(first));
        assertThat(probe().describe(timeline)).contains(first);
    }

    @Test
    default void create_afterAnAppend_alreadyExists() {
        TimelineId timeline = probe().filled(3);

        CreateOutcome outcome = create(timeline, new Attributes(Map.of("title", "late"), 0));

        assertThat(outcome).isInstanceOfSatisfying(CreateOutcome.AlreadyExists.class, existing -> {
            assertThat(existing.description().head().last()).isEqualTo(SequenceId.of(3));
            assertThat(existing.description().attributes()).isEqualTo(Attributes.NONE);
        });
        assertThat(probe().describe(timeline).orElseThrow().attributes()).isEqualTo(Attributes.NONE);
    }

    @Test
    default void create_withoutAttributes_existsAllTheSame() {
        TimelineId timeline = probe().fresh();

        create(timeline, Attributes.NONE);

        assertThat(probe().describe(timeline))
                .contains(new TimelineDescription(timeline, Head.EMPTY, new Attributes(Map.of(), 1)));
        assertThat(create(timeline, Attributes.NONE)).isInstanceOf(CreateOutcome.AlreadyExists.class);
    }

    @Test
    default void create_fromManyThreads_succeedsOnce() {
        TimelineId timeline = probe().fresh();
        List<CreateOutcome> outcomes = Collections.synchronizedList(new ArrayList<>());

        TimelineProbe.inParallel(
                6, thread -> outcomes.add(create(timeline, new Attributes(Map.of("by", Integer.toString(thread)), 0))));

        assertThat(outcomes)
                .hasSize(6)
                .filteredOn(CreateOutcome.Created.class::isInstance)
                .hasSize(1);
        assertThat(outcomes)
                .extracting(outcome -> outcome instanceof CreateOutcome.Created created
                        ? created.description()
                        : ((CreateOutcome.AlreadyExists) outcome).description())
                .containsOnly(probe().describe(timeline).orElseThrow());
    }

    @Test
    default void append_toCreatedTimeline_startsAtOneAndKeepsAttributes() {
        TimelineId timeline = probe().fresh();
        create(timeline, new Attributes(Map.of("title", "Team"), 0));

        List<Receipt> receipts = probe().append(timeline, NewEntry.text("alice", "m1", "hello"));

        assertThat(receipts.get(0).seq()).isEqualTo(SequenceId.FIRST);
        TimelineDescription found = probe().describe(timeline).orElseThrow();
        assertThat(found.head().last()).isEqualTo(SequenceId.FIRST);
        assertThat(found.head().lastTime()).isEqualTo(receipts.get(0).serverTime());
        assertThat(found.attributes()).isEqualTo(new Attributes(Map.of("title", "Team"), 1));
    }

    @Test
    default void describe_unknown_isEmpty() {
        assertThat(probe().describe(probe().fresh())).isEmpty();
    }

    @Test
    default void describe_afterAppend_tellsTheHead() {
        TimelineId timeline = probe().filled(4);

        TimelineDescription found = TimelineProbe.await(
                        probe().directory().describe(timeline, SequenceId.of(4), TimelineProbe.soon()))
                .orElseThrow();

        assertThat(found)
                .isEqualTo(new TimelineDescription(
                        timeline, probe().heads(timeline).get(timeline), Attributes.NONE));
    }

    @Test
    default void list_unknownApp_isEmptyAndComplete() {
        ListQuery query = new ListQuery(probe().freshApp(), TimelineFamily.CONVERSATION, null, 10);

        assertThat(TimelineProbe.await(probe().directory().list(query, TimelineProbe.soon())))
                .isEqualTo(new TimelineListing(List.of(), true));
    }

    /** Fourteen timelines, half of them created only, half of them appended to only. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 13, 14, 15, 1000})
    default void list_pageAfterPage_holdsEachTimelineOnce(int limit) {
        AppId app = probe().freshApp();
        List<TimelineDescription> expected = populate(app, TimelineFamily.CONVERSATION, 14);

        List<TimelineDescription> listed = list(app, TimelineFamily.CONVERSATION, limit);

        assertThat(listed).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(list(app, TimelineFamily.CONVERSATION, 5)).isEqualTo(listed);
    }

    @Test
    default void list_otherAppsAndFamilies_areLeftOut() {
        AppId app = probe().freshApp();
        List<TimelineDescription> conversations = populate(app, TimelineFamily.CONVERSATION, 4);
        List<TimelineDescription> inboxes = populate(app, TimelineFamily.INBOX, 3);
        populate(new AppId(app + "a"), TimelineFamily.CONVERSATION, 2);
        populate(new AppId(app + "/"), TimelineFamily.INBOX, 2);

        assertThat(list(app, TimelineFamily.CONVERSATION, 2)).containsExactlyInAnyOrderElementsOf(conversations);
        assertThat(list(app, TimelineFamily.INBOX, 2)).containsExactlyInAnyOrderElementsOf(inboxes);
        assertThat(list(app, TimelineFamily.PERSONAL, 2)).isEmpty();
    }

    @Test
    default void list_afterATimelineThatIsNotThere_goesOnFromItsPlace() {
        AppId app = probe().freshApp();
        List<TimelineDescription> expected = populate(app, TimelineFamily.CONVERSATION, 6);
        TimelineId absent = new TimelineId(app, TimelineFamily.CONVERSATION, "name-3x");

        List<TimelineDescription> rest = TimelineProbe.await(probe().directory()
                        .list(new ListQuery(app, TimelineFamily.CONVERSATION, absent, 100), TimelineProbe.soon()))
                .timelines();

        List<TimelineDescription> all = list(app, TimelineFamily.CONVERSATION, 100);
        assertThat(all).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(all.subList(all.size() - rest.size(), all.size())).isEqualTo(rest);
    }

    private CreateOutcome create(TimelineId timeline, Attributes attributes) {
        return TimelineProbe.await(probe().directory().create(timeline, attributes, TimelineProbe.soon()));
    }

    /** {@code count} timelines, every other one only created, and what the listing must say of them. */
    private List<TimelineDescription> populate(AppId app, TimelineFamily family, int count) {
        List<TimelineDescription> descriptions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TimelineId timeline = new TimelineId(app, family, "name-" + i);
            if (i % 2 == 0) {
                create(timeline, new Attributes(Map.of("number", Integer.toString(i)), 0));
            } else {
                probe().append(timeline, TimelineProbe.entries("alice", "m", 1, i));
            }
            descriptions.add(probe().describe(timeline).orElseThrow());
        }
        return descriptions;
    }

    private List<TimelineDescription> list(AppId app, TimelineFamily family, int limit) {
        List<TimelineDescription> listed = new ArrayList<>();
        ListQuery query = new ListQuery(app, family, null, limit);
        TimelineListing page = TimelineProbe.await(probe().directory().list(query, TimelineProbe.soon()));
        listed.addAll(page.timelines());
        while (!page.complete()) {
            assertThat(page.timelines()).hasSizeBetween(1, limit);
            TimelineId after = page.timelines().get(page.timelines().size() - 1).timeline();
            query = new ListQuery(app, family, after, limit);
            page = TimelineProbe.await(probe().directory().list(query, TimelineProbe.soon()));
            assertThat(page.timelines()).doesNotContainAnyElementsOf(listed);
            listed.addAll(page.timelines());
        }
        assertThat(page.timelines()).hasSizeBetween(0, limit);
        return listed;
    }
}
