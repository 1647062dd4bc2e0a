import pandas as pd
import pytest

from pipeline.metrics import measure
from pipeline.scale.frames import measure_frame


@pytest.mark.parametrize("ids", [[3, 1, 2, 1, 3, 3], ["c", "a", "b", "a", "c", "c"]])
def test_a_dask_table_has_the_figures_of_the_pandas_table(ids):
    import dask  # here: every worker reads this file, and one runs it
    import dask.dataframe as dd

    rows = pd.DataFrame(
        {"author_id": ids, "cited_by_count": [5, 4, None, 2, 1, 0], "year": [2020] * 6}
    )

    with dask.config.set({"dataframe.convert-string": False, "scheduler": "synchronous"}):
        found = measure_frame(dd.from_pandas(rows, npartitions=3), now_year=2026).compute()

    pd.testing.assert_frame_equal(
        found.sort_values("author_id", ignore_index=True), measure(rows, now_year=2026)
    )
