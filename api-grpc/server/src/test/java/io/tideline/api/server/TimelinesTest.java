package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.conversation;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.CreateTimelineRequest;
import io.tideline.api.v1.DescribeTimelineRequest;
import io.tideline.api.v1.ListTimelinesRequest;
import io.tideline.api.v1.ListTimelinesResponse;
import io.tideline.api.v1.TimelineDescription;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.UpdateTimelineRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TimelinesTest {
    private ServerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    @Test
    void create_thenDescribe_tellsItsAttributes() {
        TimelineDescription created = fixture.timelines.createTimeline(create("c", Map.of("title", "Lunch")));
        fixture.timelines.append(append("c", "a"));

        TimelineDescription described = fixture.timelines.describeTimeline(describe("c"));

        assertThat(created.getAttributesVersion()).isEqualTo(1);
        assertThat(described.getAttributesMap()).isEqualTo(Map.of("title", "Lunch"));
        assertThat(described.getHead().getTimeline()).isEqualTo(conversation("c"));
        assertThat(described.getHead().getLastSeq()).isEqualTo(1);
    }

    @Test
    void create_existing_isRejected() {
        fixture.timelines.append(append("c", "a"));

        Failure failure = failureOf(() -> fixture.timelines.createTimeline(create("c", Map.of())));

        assertThat(failure.code()).isEqualTo(Code.ALREADY_EXISTS);
        assertThat(failure.reason()).isEqualTo("TIMELINE_EXISTS");
    }

    @Test
    void create_badAttributes_areNamed() {
        assertThat(failureOf(() -> fixture.timelines.createTimeline(create("c", Map.of("", "x"))))
                        .fields())
                .containsExactly("attributes");
        assertThat(failureOf(() -> fixture.timelines.createTimeline(create("c", Map.of("a", "x".repeat(4_097)))))
                        .fields())
                .containsExactly("attributes");
    }

    @Test
    void update_setsAndRemovesInOneStep() {
        fixture.timelines.createTimeline(create("c", Map.of("a", "1", "b", "2")));

        TimelineDescription updated = fixture.timelines.updateTimeline(update("c")
                .putPutAttributes("c", "3")
                .addRemoveAttributes("a")
                .setExpectedVersion(1)
                .build());

        assertThat(updated.getAttributesMap()).isEqualTo(Map.of("b", "2", "c", "3"));
        assertThat(updated.getAttributesVersion()).isEqualTo(2);
    }

    @Test
    void update_otherVersion_isAborted() {
        fixture.timelines.createTimeline(create("c", Map.of()));

        Failure failure = failureOf(() -> fixture.timelines.updateTimeline(
                update("c").setExpectedVersion(7).build()));

        assertThat(failure.code()).isEqualTo(Code.ABORTED);
        assertThat(failure.reason()).isEqualTo("ATTRIBUTES_CHANGED");
        assertThat(failure.metadata()).containsEntry("current_version", "1");
    }

    @Test
    void update_absentTimeline_isNotFound() {
        assertThat(failureOf(() -> fixture.timelines.updateTimeline(update("c").build()))
                        .reason())
                .isEqualTo("TIMELINE_NOT_FOUND");
    }

    @Test
    void update_tooManyTogether_isRejected() {
        fixture.timelines.createTimeline(create("c", many("a", 40)));

        Failure failure = failureOf(() -> fixture.timelines.updateTimeline(
                update("c").putAllPutAttributes(many("b", 40)).build()));

        assertThat(failure.fields()).containsExactly("put_attributes");
        assertThat(fixture.timelines.describeTimeline(describe("c")).getAttributesCount())
                .isEqualTo(40);
    }

    @Test
    void update_badFields_areNamed() {
        UpdateTimelineRequest request = UpdateTimelineRequest.newBuilder()
                .putPutAttributes("a\n", "x")
                .addRemoveAttributes("ok")
                .addRemoveAttributes("")
                .setExpectedVersion(-1)
                .build();

        assertThat(failureOf(() -> fixture.timelines.updateTimeline(request)).fields())
                .containsExactly("timeline", "put_attributes", "remove_attributes[1]", "expected_version");
        assertThat(failureOf(() -> fixture.timelines.updateTimeline(update("c")
                                .putPutAttributes("a", "x")
                                .addRemoveAttributes("a")
                                .build()))
                        .fields())
                .containsExactly("remove_attributes");
    }

    @Test
    void describe_absentTimeline_isNotFound() {
        Failure failure = failureOf(() -> fixture.timelines.describeTimeline(describe("c")));

        assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(failure.reason()).isEqualTo("TIMELINE_NOT_FOUND");
    }

    @Test
    void list_pageByPage_isCompleteAndOfOneFamily() {
        for (int i = 0; i < 7; i++) {
            fixture.timelines.append(append("c" + i, "a"));
        }

        assertThat(listAll(3)).containsExactlyInAnyOrder("c0", "c1", "c2", "c3", "c4", "c5", "c6");
        assertThat(fixture.timelines
                        .listTimelines(list().setFamily(TimelineFamily.INBOX).build())
                        .getTimelinesCount())
                .isZero();
    }

    @Test
    void list_largeAttributes_endsPagesBeforeTheMessageLimit() {
        String value = "x".repeat(4_096);
        for (int i = 0; i < 20; i++) {
            Map<String, String> attributes = new java.util.HashMap<>();
            for (int a = 0; a < 64; a++) {
                attributes.put("a" + a, value);
            }
            fixture.timelines.createTimeline(create("c" + i, attributes));
        }

        assertThat(fixture.timelines
                        .listTimelines(list().setPageSize(1_000).build())
                        .getSerializedSize())
                .isLessThan(3 << 20);
        assertThat(listAll(1_000)).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void list_foreignOrAlteredToken_isRejected() {
        fixture.timelines.append(append("c1", "a"));
        fixture.timelines.append(append("c2", "a"));
        String token =
                fixture.timelines.listTimelines(list().setPageSize(1).build()).getNextPageToken();

        for (ListTimelinesRequest request : List.of(
                list().setPageToken(token.substring(1)).build(),
                list().setPageToken(token + "A").build(),
                list().setFamily(TimelineFamily.INBOX).setPageToken(token).build(),
                list().setApp("other").setPageToken(token).build())) {
            assertThat(failureOf(() -> fixture.timelines.listTimelines(request)).fields())
                    .containsExactly("page_token");
        }
    }

    @Test
    void list_badFields_areNamed() {
        ListTimelinesRequest request = ListTimelinesRequest.newBuilder()
                .setFamilyValue(999)
                .setPageSize(-1)
                .build();

        assertThat(failureOf(() -> fixture.timelines.listTimelines(request)).fields())
                .containsExactly("app", "family", "page_size");
    }

    private List<String> listAll(int pageSize) {
        List<String> names = new ArrayList<>();
        String token = "";
        do {
            ListTimelinesResponse page = fixture.timelines.listTimelines(
                    list().setPageSize(pageSize).setPageToken(token).build());
            page.getTimelinesList()
                    .forEach(found -> names.add(found.getHead().getTimeline().getId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return names;
    }

    private static Map<String, String> many(String prefix, int count) {
        Map<String, String> attributes = new java.util.HashMap<>();
        for (int i = 0; i < count; i++) {
            attributes.put(prefix + i, "");
        }
        return attributes;
    }

    private static CreateTimelineRequest create(String id, Map<String, String> attributes) {
        return CreateTimelineRequest.newBuilder()
                .setTimeline(conversation(id))
                .putAllAttributes(attributes)
                .build();
    }

    private static UpdateTimelineRequest.Builder update(String id) {
        return UpdateTimelineRequest.newBuilder().setTimeline(conversation(id));
    }

    private static DescribeTimelineRequest describe(String id) {
        return DescribeTimelineRequest.newBuilder()
                .setTimeline(conversation(id))
                .build();
    }

    private static ListTimelinesRequest.Builder list() {
        return ListTimelinesRequest.newBuilder().setApp("shop").setFamily(TimelineFamily.CONVERSATION);
    }
}
