package io.tideline.tools.history;

import io.tideline.api.v1.Operation;
import io.tideline.tools.command.EntryFields;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.Fields;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Operations as records to print. */
final class OperationOutput {
    static final List<Column> COLUMNS = List.of(
            Column.text("id"),
            Column.text("kind"),
            Column.text("app"),
            Column.text("state"),
            Column.text("stage"),
            Column.number("done"),
            Column.text("updateTime"),
            Column.text("problem"));

    private OperationOutput() {}

    static String word(Operation.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    static Fields of(Operation operation) {
        return new Fields()
                .put("id", operation.getId())
                .put("kind", operation.getKind())
                .put("app", operation.getApp().isEmpty() ? null : operation.getApp())
                .put("state", word(operation.getState()))
                .put("cancelRequested", operation.getCancelRequested() ? true : null)
                .put("stage", operation.getStage())
                .put("done", operation.getDone())
                .put("total", operation.getTotal() == 0 ? null : operation.getTotal())
                .put("problem", operation.getProblem().isEmpty() ? null : operation.getProblem())
                .put("holder", operation.getHolder().isEmpty() ? null : operation.getHolder())
                .put("createTime", EntryFields.instant(operation.getCreateTime()))
                .put("updateTime", EntryFields.instant(operation.getUpdateTime()))
                .put("request", new TreeMap<>(operation.getFieldsMap()))
                .put("report", operation.getReportMap().isEmpty() ? null : new TreeMap<>(operation.getReportMap()));
    }
}
