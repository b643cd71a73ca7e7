package io.tideline.api.server.operator;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.FanoutTask;
import io.tideline.api.v1.ListFanoutRequest;
import io.tideline.api.v1.ListFanoutResponse;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.fanout.PendingFanout;
import io.tideline.sync.fanout.PendingPage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** ListFanout. */
final class FanoutTasks {
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 1_000;

    private final FanoutWorker worker;

    FanoutTasks(FanoutWorker worker) {
        this.worker = worker;
    }

    CompletableFuture<ListFanoutResponse> list(ListFanoutRequest request, Deadline deadline) {
        Caller.current().requireOperatorOfAll();
        RequestFields fields = new RequestFields();
        int max = fields.number("page_size", request.getPageSize(), DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
        Optional<TimelineId> after =
                fields.position(request.getPageToken(), token -> PageTokens.position(Listing.FANOUT, token)
                        .map(FanoutTasks::conversation));
        fields.check();
        return worker.pending(after, max, deadline).thenApply(FanoutTasks::answer);
    }

    /** Of "id app": no id of a conversation holds a space, of an app perhaps. */
    private static TimelineId conversation(String text) {
        int space = text.indexOf(' ');
        return new TimelineId(
                new AppId(text.substring(space + 1)), TimelineFamily.CONVERSATION, text.substring(0, space));
    }

    private static ListFanoutResponse answer(PendingPage page) {
        ListFanoutResponse.Builder response = ListFanoutResponse.newBuilder();
        page.pending().forEach(pending -> response.addTasks(task(pending)));
        page.next()
                .map(next -> PageTokens.of(
                        Listing.FANOUT, next.name() + " " + next.app().value()))
                .ifPresent(response::setNextPageToken);
        return response.build();
    }

    private static FanoutTask task(PendingFanout pending) {
        FanoutTask.Builder task = FanoutTask.newBuilder()
                .setApp(pending.conversation().app().value())
                .setConversationId(pending.conversation().name())
                .setDoneSeq(pending.doneThrough().value())
                .setThroughSeq(pending.dueThrough().value())
                .setOwner(pending.worker().orElse(""));
        pending.since().map(Responses::timestamp).ifPresent(task::setSince);
        return task.build();
    }
}
