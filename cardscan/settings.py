"""Settings: one field each. Environment (``CARDSCAN_...``), command line and docs/settings.md derive from this file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cardscan.errors import BadSettings


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CARDSCAN_", frozen=True, extra="ignore")

    engine: str = Field("ppocr", description="OCR engine: `ppocr` (embedded) or `tesseract`.")
    fast: bool = Field(
        False,
        description="Read for the decision only: sooner; numbers read once are not sure; a certain exclusion ends it.",
    )
    workers: int = Field(2, ge=1, le=64, description="Cards read at the same time by the service.")
    queue: int = Field(
        16, ge=0, le=10_000, description="Requests that may wait for a reader before the service says it is busy."
    )
    host: str = Field(
        "127.0.0.1", description="Address the service listens on. Anything but loopback needs `api_token`."
    )
    port: int = Field(8080, ge=0, le=65535, description="Port the service listens on.")
    api_token: str = Field(
        "",
        description="Token that every request must carry (ASCII, no space); empty: none is asked for (loopback only).",
    )
    data_dir: Path = Field(Path("data"), description="Folder of the database and, where kept, of the pictures.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in `data_dir`.")
    keep_pictures: bool = Field(
        False, description="Keep the uploaded pictures beside the record. Off: they are never written to disk."
    )
    catalogue_dir: Path | None = Field(None, description="Folder of card variants to use instead of the built-in one.")
    rules_dir: Path | None = Field(None, description="Folder of rules to use instead of the built-in one.")
    max_file_mb: float = Field(25, gt=0, description="Largest file, in megabytes (10^6 bytes).")
    max_megapixels: float = Field(50, gt=0, description="Largest picture, in millions of pixels.")
    max_side: int = Field(10_000, ge=100, description="Longest side of a picture, in pixels.")
    max_pages: int = Field(10, ge=1, description="Most pages of one document.")
    max_pictures: int = Field(10, ge=1, description="Most files of one card.")
    decode_seconds: float = Field(20, gt=0, description="Longest time that opening one file may take.")
    decode_memory_mb: int = Field(1500, ge=256, description="Most memory that opening one file may take.")
    engine_seconds: float = Field(
        60, gt=0, description="Longest time that an external OCR engine may take for one picture."
    )
    upload_seconds: float = Field(30, gt=0, description="Longest time that an upload may take to arrive.")

    @field_validator("api_token")
    @classmethod
    def _can_be_sent(cls, token: str) -> str:
        """A header carries nothing else as it is: every request would be refused."""
        if not all("!" <= sign <= "~" for sign in token):
            raise ValueError("may have the letters, digits and signs of ASCII only, and no space")
        return token


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, then from ``overrides`` (None: not given).

    Raises:
        BadSettings: A value cannot be used; all of them are listed.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BadSettings(faults) from None
